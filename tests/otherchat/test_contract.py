"""The other host's own test-suite contains the contract, with and without the app's tables."""

from pathlib import Path

import pytest

from .databases import database
from .project import Project

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.slow]


@pytest.mark.parametrize(
    ("case", "environment"),
    [
        ("InATransaction", {}),
        ("Committed", {"OTHERCHAT_MIGRATIONS": "statistics_app.migrations.none"}),
        ("EveryTable", {}),
    ],
)
def test_the_other_host_passes_the_contract(tmp_path: Path, case: str, environment: dict[str, str]) -> None:
    with database(tmp_path, "contract") as url:
        project = Project(tmp_path, {"OTHERCHAT_DATABASE": url, **environment})
        run = project.run("tests.otherchat.run_contract", case)
    assert run.returncode == 0, run.stderr
    assert "Ran 2 tests" in run.stderr
