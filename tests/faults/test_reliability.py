"""After every fault requests are answered again, no slot has two snapshots, and the counts equal the rows, without a hand."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.programs import ROOT

from .reliability.scenarios import FAULTS, Fault
from .reliability.table import run_all

pytestmark = pytest.mark.django_db

# The only answers to requests at any time; others are a connection that was lost with its server, and one that hangs.
EXPECTED = {"200", "503"}
LOST = {"A process of the web server is killed"}
HANGING = {
    "PostgreSQL hangs for 20 s",
    "PostgreSQL has no connections left for 20 s",
    "Tables are locked for 60 s",
    "2,000 clients are connected and send nothing, or half a request",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, since that of Redis' socket is limited."""
    with tempfile.TemporaryDirectory(prefix="stats-") as name:
        yield Path(name)


def require_recoveries(folder: Path, faults: list[Fault]) -> None:
    for result in run_all(folder, faults):
        print(result)
        seen = {*result.stored, *result.new} - EXPECTED
        allowed = {"connection lost"} if result.fault in LOST else {"no answer for 10 s"} if result.fault in HANGING else set()
        assert seen <= allowed, result


@pytest.mark.slow
def test_a_workspace_recovers_from_a_restart_of_what_it_depends_on(folder: Path) -> None:
    require_recoveries(folder, [fault for fault in FAULTS if fault.is_short])


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_workspace_recovers_from_every_fault(folder: Path) -> None:
    require_recoveries(folder, [*FAULTS])


def test_every_fault_is_in_the_table() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text()
    assert [fault.name for fault in FAULTS if f"| {fault.name} |" not in page] == []
