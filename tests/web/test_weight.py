"""The size of the scripts and styles that a browser loads on its first visit."""

import gzip
import re
from pathlib import Path

import pytest

from tests.services.programs import ROOT

STATIC = ROOT / "statistics_app" / "static" / "statistics_app"
KILO = 1024


@pytest.mark.parametrize(("extension", "limit"), [("js", 60), ("css", 15)])
def test_scripts_and_styles_are_small(extension: str, limit: int) -> None:
    files = [path for path in STATIC.rglob(f"*.{extension}") if path.name != "admin.css"]
    assert {path.parent.name for path in files} == {"statistics_app", "vendor"}, "`make assets` installs the third-party files."
    assert sum(compressed_size(path) for path in files) <= limit * KILO


def compressed_size(path: Path) -> int:
    """Return the size of a file in bytes, compressed with gzip."""
    return len(gzip.compress(path.read_bytes(), 9))


def test_colours_do_not_depend_on_functions_that_older_browsers_lack() -> None:
    styles = re.sub(r"/\*.*?\*/", "", (STATIC / "statistics.css").read_text(), flags=re.DOTALL)
    assert re.findall(r"light-dark\(|color-mix\(", styles) == []
    assert "--background: #f5f6f8;" in styles
