"""The chaos finds machinery that is wrong: each variant differs by one thing from the right one, and is found."""

import re
from pathlib import Path

import pytest

from .chaos.program import chaos

pytestmark = [
    pytest.mark.slow,
    # It starts servers, or a file, of its own: the same whatever database the other tests run on.
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
# Each goes on until a difference is found: so much is never done in the time that it has.
UNTIL_FOUND = ("--reads", "1000000", "--limit", "100", "--seconds", "0", "--kill-every", "1000")


@pytest.mark.timeout(720)
def test_the_chaos_finds_every_wrong_machinery(tmp_path: Path) -> None:
    """One run after the other on one server, which costs more to start than they take."""
    variants = [option for variant in VARIANTS for option in ("--variant", variant)]
    ended = chaos(tmp_path, *variants, "--writers", "8", *UNTIL_FOUND, seconds=700)
    found = re.findall(r"^differences: [1-9]\d* \(variant ([a-z-]+), seed \d+\)$", ended.said, re.MULTILINE)
    assert (ended.status, found) == (1, [*VARIANTS]), ended.said


def test_the_chaos_on_sqlite_finds_a_trigger_that_does_nothing(tmp_path: Path) -> None:
    ended = chaos(tmp_path, "--sqlite", "--variant", "rooms-unwatched", "--writers", "3", *UNTIL_FOUND, seconds=200)
    assert (ended.status, "DIFFERS: seed " in ended.said) == (1, True), ended.said


def test_the_chaos_says_which_goal_it_missed(tmp_path: Path) -> None:
    goals = ["--reads", "1000000", "--seconds", "1", "--kill-every", "1000"]
    ended = chaos(tmp_path, "--sqlite", "--writers", "2", *goals, seconds=100)
    assert ended.status == 2, ended.said
    assert "MISSED: reads: " in ended.said
    assert "differences: 0 " in ended.said
