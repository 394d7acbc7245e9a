"""Several processes write to one file of SQLite, and are killed at it: no read differs from counting in the same snapshot."""

from pathlib import Path

import pytest

from .chaos.program import chaos

pytestmark = [
    pytest.mark.slow,
    # It starts servers, or a file, of its own: the same whatever database the other tests run on.
    pytest.mark.only_sqlite,
]


@pytest.mark.timeout(300)
def test_no_read_differs_for_a_while(tmp_path: Path) -> None:
    goals = ["--seconds", "4", "--reads", "40", "--commits", "2", "--kills", "2", "--kill-every", "1"]
    ended = chaos(tmp_path, "--sqlite", "--writers", "4", *goals, "--limit", "200", seconds=280)
    assert (ended.status, "differences: 0 " in ended.said) == (0, True), ended.said


@pytest.mark.long
@pytest.mark.timeout(700)
def test_no_read_differs_for_two_thousand_reads(tmp_path: Path) -> None:
    goals = ["--seconds", "60", "--reads", "2000", "--commits", "100", "--kills", "15", "--kill-every", "3"]
    ended = chaos(tmp_path, "--sqlite", "--writers", "6", *goals, "--limit", "500", seconds=600)
    print(ended.said)
    assert (ended.status, "differences: 0 " in ended.said) == (0, True), ended.said
