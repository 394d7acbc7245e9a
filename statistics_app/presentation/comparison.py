"""The comparison of two moments as texts: what people care for first, the server and the installation in a part of its own."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from ..catalogue.statistic import Group, Statistic, Unit
from ..catalogue.statistics import BY_KEY as STATISTICS
from ..history.comparison import ComparedValue, compare
from ..history.metric import Metric
from ..history.metrics import BY_KEY as METRICS
from ..history.moments import State
from ..models import Snapshot
from ..models.utc_text import TIME_FORMAT
from .number_format import UNKNOWN, format_change, format_number
from .object_texts import entries_text, object_text

# What people care for, in this order; other groups are about the machine.
_OF_CHAT = (Group.MESSAGES, Group.USERS, Group.ROOMS, Group.FILES, Group.ACTIVITY)
_BY_NAME = "userLanguages"
_ORDER = (*_OF_CHAT, *(group for group in Group if group not in _OF_CHAT))


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One key at two moments, formatted; `difference` and `percent` are empty where they cannot be computed."""

    key: str
    label: str
    definition: str
    a: str
    b: str
    difference: str
    percent: str
    differs: bool
    is_charted: bool
    group: Group

    @property
    def is_of_machine(self) -> bool:
        """Whether it is about the server or the installation."""
        return self.group not in _OF_CHAT


@dataclass(frozen=True, slots=True)
class ComparisonPart:
    """Rows about the chat, or about the server and the installation."""

    rows: Sequence[ComparisonRow]
    is_of_machine: bool

    @property
    def changed(self) -> int:
        """The number of rows that differ."""
        return sum(row.differs for row in self.rows)


def comparison_rows(a: State, b: State) -> list[ComparisonRow]:
    """Return a row for every key at two moments: first of the chat, then of the machine; of each, those that differ first."""
    return sorted(_rows(a, b), key=lambda row: (row.is_of_machine, not row.differs, _ORDER.index(row.group)))


def parts_of(rows: Sequence[ComparisonRow]) -> list[ComparisonPart]:
    """Return the rows about the chat and those about the machine as parts, without empty ones."""
    parts = (ComparisonPart([row for row in rows if row.is_of_machine is of], of) for of in (False, True))
    return [part for part in parts if part.rows]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a snapshot since an `earlier` one, if there is one; nothing if `is_of_other_server`."""

    earlier: Snapshot | None
    rows: Sequence[ComparisonRow] = ()
    is_of_other_server: bool = False

    @property
    def parts(self) -> list[ComparisonPart]:
        """The rows in parts."""
        return parts_of(self.rows)


def changes_since(earlier: Snapshot | None, snapshot: Snapshot) -> Changes:
    """Return a row for each key whose values differ in two snapshots of one server."""
    if earlier is None or snapshot.is_of_other_server(earlier):
        return Changes(earlier, is_of_other_server=earlier is not None)
    return Changes(earlier, [row for row in comparison_rows(State.of(earlier), State.of(snapshot)) if row.differs])


def value_text(value: Any, unit: Unit, key: str = "", other: Any = None) -> str:
    """Format a value of a snapshot's document; of numbers by language, only those that differ from those of `other`."""
    if isinstance(value, dict):
        if key != _BY_NAME or not isinstance(other, dict) or other == value:
            return object_text(key, value)
        return entries_text({name: part for name, part in value.items() if other.get(name) != part}) or UNKNOWN
    if unit is Unit.TIME and isinstance(value, str) and (moment := parse_datetime(value)):
        return formats.date_format(timezone.localtime(moment), gettext(TIME_FORMAT))
    return format_number(value, unit) if isinstance(value, (int, float)) else str(value or UNKNOWN)


def _rows(a: State, b: State) -> Iterator[ComparisonRow]:
    for compared in compare(a, b):
        term = METRICS.get(compared.key) or STATISTICS[compared.key]
        # An object with charted numbers has no row of its own, since each of these numbers has one.
        if not (isinstance(term, Statistic) and term.parts):
            yield _row(compared, term)


def _row(compared: ComparedValue, term: Metric | Statistic) -> ComparisonRow:
    unit = term.unit
    a, b = value_text(compared.a, unit, compared.key, compared.b), value_text(compared.b, unit, compared.key, compared.a)
    return ComparisonRow(
        key=compared.key,
        label=gettext(compared.label),
        definition=gettext(term.definition),
        a=a,
        b=b,
        difference=format_change(compared.difference, unit) if compared.difference is not None else "",
        percent=_percent(compared.percent),
        # Objects can differ in what their words do not tell.
        differs=compared.differs and (unit is not Unit.OBJECT or a != b),
        is_charted=compared.key in METRICS,
        group=term.group,
    )


def _percent(value: float | None) -> str:
    """Format a percentage with enough decimal places that it does not look like 0."""
    if not value:
        return ""
    order = math.floor(math.log10(abs(value)))
    # Two significant digits, but only one where two would take more than four decimal places.
    places = max(1, min(1 - order, max(4, -order)))
    sign = "+" if value > 0 else "−"
    return f"{sign}{formats.number_format(round(abs(value), places), decimal_pos=places, use_l10n=True, force_grouping=True)} %"
