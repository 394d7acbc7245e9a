"""Results of a run, stored so that all processes can write and a killed process cannot corrupt them."""

import json
import os
import time
from collections.abc import Iterable
from enum import StrEnum
from multiprocessing.sharedctypes import RawArray, RawValue
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.02


class Outcome(StrEnum):
    """The outcome of an action."""

    DONE = "done"
    ROLLED_BACK = "rolled back"
    SERIALIZATION = "serialization"
    DEADLOCK = "deadlock"
    DUPLICATE = "duplicate"
    CONSTRAINT = "constraint"
    LOCK_TIMEOUT = "lock timeout"
    CONNECTION_LOST = "connection lost"
    UNKNOWN = "table missing"
    FAILED = "failed"


class Counters:
    """A counter in shared memory for each worker, name and outcome. Only its worker writes it, so no locks are needed."""

    def __init__(self, names: Iterable[str], workers: int) -> None:
        self.names = {name: number for number, name in enumerate(names)}
        self.outcomes = {outcome: number for number, outcome in enumerate(Outcome)}
        self.workers = workers
        self._numbers = RawArray("q", workers * len(self.names) * len(self.outcomes))
        self._paused_until = RawValue("d", 0)

    def add(self, index: int, name: str, outcome: Outcome, times: int = 1) -> None:
        """Increment a counter of a worker."""
        self._numbers[self._cell(index, name, outcome)] += times

    def total(self, name: str, *outcomes: Outcome) -> int:
        """Return the sum over all workers for a name and some outcomes, by default `DONE`."""
        return sum(
            self._numbers[self._cell(index, name, outcome)]
            for index in range(self.workers)
            for outcome in outcomes or (Outcome.DONE,)
        )

    def request_pause(self, seconds: float) -> None:
        """Ask writers to begin no transactions for a given time; 0 ends the pause.

        The pause has a time limit, since the process that requests it may be killed.
        """
        self._paused_until.value = time.monotonic() + seconds

    def wait_while_paused(self) -> None:
        """Wait until no pause is requested."""
        while time.monotonic() < self._paused_until.value:
            time.sleep(POLL_SECONDS)

    def _cell(self, index: int, name: str, outcome: Outcome) -> int:
        return (index * len(self.names) + self.names[name]) * len(self.outcomes) + self.outcomes[outcome]


class Findings:
    """The differences and errors, in a file to which all processes append, with one JSON object per line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text("")

    def add(self, **finding: Any) -> None:
        """Append a finding atomically."""
        line = json.dumps(finding, default=str).encode() + b"\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)

    def all(self) -> list[dict[str, Any]]:
        """Return all findings."""
        return [json.loads(line) for line in self.path.read_text().splitlines()]
