"""The definition of a metric: its description, and the function that reads its points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..catalogue.statistic import Aggregate, Group, Unit
from ..sources.event_kinds import REMOVAL, removal_of
from .points import HistoryRange, Point

# A function of metrics of one kind, the bounds of the steps, and the range. It returns a point for each step of each metric.
Reader = Callable[[Sequence["Metric"], Sequence[datetime], HistoryRange], dict["Metric", list[Point]]]

_NUMBERS = frozenset({int, float})


class MetricKind(StrEnum):
    """The kind of a metric.

    A gauge has a value at any time; an event metric counts occurrences within a period; one of people counts different people
    within a period, which cannot be added up.
    """

    GAUGE = "gauge"
    EVENT = "event"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, which a chart draws as one line.

    `read` is the function that reads its points. `events` are the keys of the events that it counts; for a gauge, the events
    whose sum since the beginning, less their removals, equals its value. `aggregate` is what it shows of several snapshots.
    """

    key: str
    label: str
    definition: str
    unit: Unit
    group: Group
    kind: MetricKind
    read: Reader
    events: tuple[str, ...] = ()
    aggregate: Aggregate = Aggregate.LAST

    @property
    def signed_events(self) -> list[tuple[str, int]]:
        """The keys of the events that are added up, each with the sign of its number."""
        added = [(key, 1) for key in self.events]
        return added + [(removal_of(key), -1) for key in self.events] if self.kind is MetricKind.GAUGE else added

    @property
    def counts_removals(self) -> bool:
        """Whether it counts removals, which are known only since they are recorded."""
        return any(key.startswith(REMOVAL) for key in self.events)

    def value_in(self, document: Mapping[str, Any]) -> float | None:
        """Return the value of this gauge in a snapshot's document; None if it is unknown."""
        value = value_at_path(document, self.key)
        # The exact types exclude booleans.
        return float(value) if type(value) in _NUMBERS else None


def value_at_path(document: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path (`os.loadavg.0`) in a snapshot's document; None if the path does not exist."""
    value: Any = document
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        else:
            value = value[int(part)] if isinstance(value, list) and part.isdigit() and int(part) < len(value) else None
    return value
