"""What happened, counted where every process can write and none can spoil it by being killed."""

import json
import os
import time
from collections.abc import Iterable
from enum import StrEnum
from multiprocessing.sharedctypes import RawArray, RawValue
from pathlib import Path
from typing import Any

QUIET_STEP = 0.02


class Outcome(StrEnum):
    """How a deed ended."""

    DONE = "done"
    UNDONE = "rolled back"
    SERIALIZATION = "serialization"
    DEADLOCK = "deadlock"
    DUPLICATE = "duplicate"
    CONSTRAINT = "constraint"
    GAVE_WAY = "gave way"
    LOST = "connection lost"


class Board:
    """A number for each place, name and outcome; a place belongs to one process at a time, so nothing has to be locked."""

    def __init__(self, names: Iterable[str], places: int) -> None:
        self.names = {name: number for number, name in enumerate(names)}
        self.outcomes = {outcome: number for number, outcome in enumerate(Outcome)}
        self.places = places
        self._numbers = RawArray("q", places * len(self.names) * len(self.outcomes))
        self._quiet_until = RawValue("d", 0)

    def note(self, place: int, name: str, outcome: Outcome, times: int = 1) -> None:
        """Add to a number."""
        self._numbers[self._cell(place, name, outcome)] += times

    def total(self, name: str, *outcomes: Outcome) -> int:
        """Add up what all processes noted."""
        return sum(
            self._numbers[self._cell(place, name, outcome)]
            for place in range(self.places)
            for outcome in outcomes or (Outcome.DONE,)
        )

    def ask_for_quiet(self, seconds: float) -> None:
        """Ask all who write to begin nothing for a while, or no longer; whoever asks may be killed at it."""
        self._quiet_until.value = time.monotonic() + seconds

    def keep_quiet(self) -> None:
        """Wait for as long as somebody asked for quiet."""
        while time.monotonic() < self._quiet_until.value:
            time.sleep(QUIET_STEP)

    def _cell(self, place: int, name: str, outcome: Outcome) -> int:
        return (place * len(self.names) + self.names[name]) * len(self.outcomes) + self.outcomes[outcome]


class Findings:
    """What was found to be wrong, one line of JSON each, in a file that all processes append to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text("")

    def add(self, **finding: Any) -> None:
        """Append one, whole or not at all."""
        line = json.dumps(finding, default=str).encode() + b"\n"
        opened = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(opened, line)
        finally:
            os.close(opened)

    def all(self) -> list[dict[str, Any]]:
        """Read them."""
        return [json.loads(line) for line in self.path.read_text().splitlines()]
