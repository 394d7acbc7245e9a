"""The chaos test on SQLite: while several writers are killed, no read differs from counting in the same snapshot."""

from pathlib import Path

import pytest

from .chaos.program import chaos

pytestmark = [
    pytest.mark.slow,
    # The program uses its own database, so it need not run for both databases of the other tests.
    pytest.mark.only_sqlite,
]


@pytest.mark.timeout(300)
def test_no_read_differs_for_a_while(tmp_path: Path) -> None:
    goals = ["--seconds", "4", "--reads", "40", "--commits", "2", "--kills", "2", "--kill-every", "1"]
    ended = chaos(tmp_path, "--sqlite", "--writers", "4", *goals, "--limit", "200", seconds=280)
    assert (ended.status, "differences: 0 " in ended.output) == (0, True), ended.output


@pytest.mark.long
@pytest.mark.timeout(700)
def test_no_read_differs_for_two_thousand_reads(tmp_path: Path) -> None:
    goals = ["--seconds", "60", "--reads", "2000", "--commits", "100", "--kills", "15", "--kill-every", "3"]
    ended = chaos(tmp_path, "--sqlite", "--writers", "6", *goals, "--limit", "500", seconds=600)
    print(ended.output)
    assert (ended.status, "differences: 0 " in ended.output) == (0, True), ended.output
