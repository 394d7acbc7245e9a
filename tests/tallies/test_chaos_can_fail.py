"""The chaos test detects faulty tallies: variants with one change each."""

import re
from pathlib import Path

import pytest

from .chaos.program import chaos

pytestmark = [
    pytest.mark.slow,
    # The program uses its own database, so it need not run for both databases of the other tests.
    pytest.mark.only_sqlite,
]

VARIANTS = (
    "inner-join-in-the-read",
    "inner-join-in-the-fold",
    "tail-alone",
    "classes-first",
    "select-then-delete",
    "without-lock",
)
# A run ends when a difference is found, since it cannot reach this number of reads within the limit.
UNTIL_FOUND = ("--reads", "1000000", "--limit", "100", "--seconds", "0", "--kill-every", "1000")


@pytest.mark.timeout(720)
def test_every_faulty_variant_is_detected(tmp_path: Path) -> None:
    """Run all variants on one server, since starting a server takes longer than a run."""
    variants = [option for variant in VARIANTS for option in ("--variant", variant)]
    ended = chaos(tmp_path, *variants, "--writers", "8", *UNTIL_FOUND, seconds=700)
    found = re.findall(r"^differences: [1-9]\d* \(variant ([a-z-]+), seed \d+\)$", ended.output, re.MULTILINE)
    assert (ended.status, found) == (1, [*VARIANTS]), ended.output


def test_a_trigger_that_does_nothing_is_detected_on_sqlite(tmp_path: Path) -> None:
    ended = chaos(tmp_path, "--sqlite", "--variant", "rooms-unwatched", "--writers", "3", *UNTIL_FOUND, seconds=200)
    assert (ended.status, "DIFFERS: seed " in ended.output) == (1, True), ended.output


def test_a_missed_goal_is_reported(tmp_path: Path) -> None:
    goals = ["--reads", "1000000", "--seconds", "1", "--kill-every", "1000"]
    ended = chaos(tmp_path, "--sqlite", "--writers", "2", *goals, seconds=100)
    assert ended.status == 2, ended.output
    assert "MISSED: reads: " in ended.output
    assert "differences: 0 " in ended.output
