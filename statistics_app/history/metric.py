"""A metric: one line that can be charted, and how its points are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..catalogue.statistics import Group, Unit
from .points import HistoryRange, Point

# Reads metrics of one kind by steps, given by their edges: a point for each step of each metric.
Reader = Callable[[Sequence["Metric"], Sequence[datetime], HistoryRange], dict["Metric", list[Point]]]


class MetricKind(StrEnum):
    """A gauge has a value at every moment; an event happens so and so often in a time."""

    GAUGE = "gauge"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Metric:
    """One line that can be drawn.

    `read` reads its points. `events` are the keys of the events that it counts; of a gauge, those whose sum from the beginning
    on is its value.
    """

    key: str
    label: str
    definition: str
    unit: Unit
    group: Group
    kind: MetricKind
    read: Reader
    events: tuple[str, ...] = ()

    def value_in(self, document: Mapping[str, Any]) -> float | None:
        """Find a gauge's value in a snapshot's document; None where it is not known."""
        found = value_at_path(document, self.key)
        return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def value_at_path(document: Mapping[str, Any], path: str) -> Any:
    """Follow a path (`os.loadavg.0`) into a snapshot's document; None where it leads nowhere."""
    found: Any = document
    for part in path.split("."):
        if isinstance(found, list):
            found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found
