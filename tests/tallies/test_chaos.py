"""While twelve write in every way, and things are killed, no read differs from counting in the same snapshot."""

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
    goals = ["--seconds", "12", "--reads", "100", "--commits", "1", "--kills", "1", "--kill-every", "3"]
    ended = chaos(tmp_path, "--writers", "12", *goals, "--limit", "200", seconds=280)
    assert (ended.status, "differences: 0 " in ended.said) == (0, True), ended.said


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_no_read_differs_for_ten_thousand_reads(tmp_path: Path) -> None:
    goals = ["--seconds", "120", "--reads", "10000", "--commits", "100", "--kills", "5", "--kill-every", "15"]
    ended = chaos(tmp_path, "--writers", "12", *goals, "--limit", "900", seconds=1100)
    print(ended.said)
    assert (ended.status, "differences: 0 " in ended.said) == (0, True), ended.said
