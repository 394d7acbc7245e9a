"""The chaos test: while twelve writers write and processes are killed, no read differs from counting in the same snapshot."""

from pathlib import Path

import pytest

from .chaos.program import chaos

pytestmark = [
    pytest.mark.slow,
    # The program uses its own database, so it need not run for both databases of the other tests.
    pytest.mark.only_sqlite,
]


@pytest.mark.timeout(600)
def test_no_read_differs_for_a_while(tmp_path: Path) -> None:
    goals = [
        "--seconds",
        "12",
        "--reads",
        "100",
        "--commits",
        "1",
        "--kills",
        "1",
        "--breaks",
        "1",
        "--kill-every",
        "3",
        "--break-every",
        "0.3",
    ]
    ended = chaos(tmp_path, "--writers", "12", *goals, "--limit", "400", seconds=560)
    assert (ended.status, "differences: 0 " in ended.output, "failed writes: 0" in ended.output) == (0, True, True), (
        ended.output
    )


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_no_read_differs_for_ten_thousand_reads(tmp_path: Path) -> None:
    goals = [
        "--seconds",
        "120",
        "--reads",
        "10000",
        "--commits",
        "100",
        "--kills",
        "5",
        "--breaks",
        "10",
        "--kill-every",
        "15",
        "--break-every",
        "5",
    ]
    ended = chaos(tmp_path, "--writers", "12", *goals, "--limit", "2700", seconds=2900)
    print(ended.output)
    assert (ended.status, "differences: 0 " in ended.output, "failed writes: 0" in ended.output) == (0, True, True), (
        ended.output
    )
