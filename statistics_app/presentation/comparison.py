"""The comparison of two moments as texts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime

from ..catalogue.statistic import Statistic, Unit
from ..catalogue.statistics import BY_KEY as STATISTICS
from ..history.comparison import ComparedValue, compare
from ..history.metrics import BY_KEY as METRICS
from ..history.moments import State
from ..models import Snapshot
from .number_format import UNKNOWN, format_change, format_number

TIME_FORMAT = "j M Y, H:i:s"


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


def comparison_rows(a: State, b: State) -> list[ComparisonRow]:
    """Return a row for every key at two moments, those that differ first."""
    return sorted(_rows(a, b), key=lambda row: not row.differs)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a snapshot since an `earlier` one, if there is one; nothing if `is_of_other_server`."""

    earlier: Snapshot | None
    rows: Sequence[ComparisonRow] = ()
    is_of_other_server: bool = False


def changes_since(earlier: Snapshot | None, snapshot: Snapshot) -> Changes:
    """Return a row for each key whose values differ in two snapshots of one server."""
    if earlier is None or snapshot.is_of_other_server(earlier):
        return Changes(earlier, is_of_other_server=earlier is not None)
    return Changes(earlier, [row for row in _rows(State.of(earlier), State.of(snapshot)) if row.differs])


def value_text(value: Any, unit: Unit, other: Any = None) -> str:
    """Format a value of a snapshot's document; of an object, only the entries that differ from those of `other`."""
    if isinstance(value, dict):
        same = {name for name, part in value.items() if isinstance(other, dict) and other != value and other.get(name) == part}
        entries = (f"{name} {part}" for name, part in value.items() if name not in same and isinstance(part, (str, int, float)))
        return ", ".join(entries) or UNKNOWN
    if unit is Unit.TIME and isinstance(value, str) and (moment := parse_datetime(value)):
        return formats.date_format(timezone.localtime(moment), TIME_FORMAT)
    return format_number(value, unit) if isinstance(value, (int, float)) else str(value or UNKNOWN)


def _rows(a: State, b: State) -> Iterator[ComparisonRow]:
    for compared in compare(a, b):
        term = METRICS.get(compared.key) or STATISTICS[compared.key]
        # An object with charted numbers has no row of its own, since each of these numbers has one.
        if not (isinstance(term, Statistic) and term.parts):
            yield _row(compared, term.definition, term.unit)


def _row(compared: ComparedValue, definition: str, unit: Unit) -> ComparisonRow:
    return ComparisonRow(
        key=compared.key,
        label=compared.label,
        definition=definition,
        a=value_text(compared.a, unit, compared.b),
        b=value_text(compared.b, unit, compared.a),
        difference=format_change(compared.difference, unit) if compared.difference is not None else "",
        percent=_percent(compared.percent),
        differs=compared.differs,
        is_charted=compared.key in METRICS,
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
