"""What the pages weigh when a browser comes for the first time."""

import gzip
from pathlib import Path

import pytest

from tests.services.programs import ROOT

STATIC = ROOT / "statistics_app" / "static" / "statistics_app"
KILO = 1024


@pytest.mark.parametrize(("ending", "most"), [("js", 60), ("css", 15)])
def test_all_of_it_is_light(ending: str, most: int) -> None:
    files = [path for path in STATIC.rglob(f"*.{ending}") if path.name != "admin.css"]
    assert {path.parent.name for path in files} == {"statistics_app", "vendor"}, "`make assets` brings what is others'."
    assert sum(compressed(path) for path in files) <= most * KILO


def compressed(path: Path) -> int:
    """Say how many bytes go over the wire."""
    return len(gzip.compress(path.read_bytes(), 9))
