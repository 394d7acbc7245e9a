"""A snapshot as cards: the catalogue's groups with their values, ready to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime

from ..catalogue import Group, Statistic, Unit, groups
from ..models import Snapshot

# Shown elsewhere on the page, or twice in the document.
_LEFT_OUT = {"_id", "createdAt", "_updatedAt", "totlalLivechat"}
_OBJECTS = {"os", "process", "deploy", "migration"}


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic on a card; `value` is None when it is unknown, and `problem` says why."""

    statistic: Statistic
    value: Any
    problem: str

    @property
    def is_time(self) -> bool:
        """Say whether the value is a time."""
        return self.statistic.unit is Unit.TIME

    @property
    def is_bytes(self) -> bool:
        """Say whether the value is a number of bytes."""
        return self.statistic.unit is Unit.BYTES

    @property
    def is_object(self) -> bool:
        """Say whether the value has entries of its own."""
        return isinstance(self.value, dict)


@dataclass(frozen=True, slots=True)
class Card:
    """One group of statistics."""

    group: Group
    rows: list[Row]


def cards(snapshot: Snapshot | None) -> list[Card]:
    """Make the cards of a snapshot; without one there are none."""
    if snapshot is None:
        return []
    made = (Card(group, list(_rows(snapshot, statistics))) for group, statistics in groups())
    return [card for card in made if card.rows]


def _rows(snapshot: Snapshot, statistics: list[Statistic]) -> Iterator[Row]:
    for statistic in statistics:
        if statistic.key in _LEFT_OUT or statistic.key in _OBJECTS:
            continue
        value = snapshot.document.get(statistic.key)
        if statistic.unit is Unit.TIME and value is not None:
            value = parse_datetime(value)
        yield Row(statistic, value, snapshot.problems.get(statistic.key, ""))
