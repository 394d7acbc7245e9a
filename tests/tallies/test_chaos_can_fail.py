"""The chaos finds machinery that is wrong: each variant differs by one thing from the right one, and is found."""

import re
from pathlib import Path

import pytest

from .chaos.program import Ended, chaos

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


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """How the chaos over all variants ended."""
    variants = [option for variant in VARIANTS for option in ("--variant", variant)]
    return chaos(tmp_path_factory.mktemp("chaos"), *variants, "--writers", "8", *UNTIL_FOUND, seconds=700)


@pytest.mark.timeout(720)
@pytest.mark.xdist_group("the chaos over all variants")  # run once
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_chaos_finds(ended: Ended, variant: str) -> None:
    assert ended.status == 1, ended.said
    assert re.search(rf"^differences: [1-9]\d* \(variant {variant}, seed \d+\)$", ended.said, re.MULTILINE), ended.said


def test_the_chaos_on_sqlite_finds_a_trigger_that_does_nothing(tmp_path: Path) -> None:
    ended = chaos(tmp_path, "--sqlite", "--variant", "rooms-unwatched", "--writers", "3", *UNTIL_FOUND, seconds=200)
    assert (ended.status, "DIFFERS: seed " in ended.said) == (1, True), ended.said


def test_the_chaos_says_which_goal_it_missed(tmp_path: Path) -> None:
    goals = ["--reads", "1000000", "--seconds", "1", "--kill-every", "1000"]
    ended = chaos(tmp_path, "--sqlite", "--writers", "2", *goals, seconds=100)
    assert ended.status == 2, ended.said
    assert "MISSED: reads: " in ended.said
    assert "differences: 0 " in ended.said
