"""How two snapshots differ, as text."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime

from ..catalogue.statistics import BY_KEY as STATISTICS
from ..catalogue.statistics import Statistic, Unit
from ..history.comparison import ComparedValue, compare
from ..history.metrics import BY_KEY as METRICS
from ..models import Snapshot
from .number_format import UNKNOWN, format_change, format_number

TIME_FORM = "j M Y, H:i:s"


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One key at two moments, written; `difference` and `percent` are empty where there is no number."""

    key: str
    label: str
    definition: str
    a: str
    b: str
    difference: str
    percent: str
    differs: bool
    is_charted: bool


def comparison_rows(a: Snapshot, b: Snapshot) -> list[ComparisonRow]:
    """Write every key of two snapshots, those that differ first."""
    return sorted(_written(a, b), key=lambda one: not one.differs)


def changed_rows(a: Snapshot, b: Snapshot) -> list[ComparisonRow]:
    """Write the keys in which two snapshots differ."""
    return [one for one in _written(a, b) if one.differs]


def value_text(value: Any, unit: Unit, other: Any = None) -> str:
    """Write a value of the document; of an object that differs from another only what differs."""
    if isinstance(value, dict):
        same = {name for name, part in value.items() if isinstance(other, dict) and other != value and other.get(name) == part}
        plain = (f"{name} {part}" for name, part in value.items() if name not in same and isinstance(part, (str, int, float)))
        return ", ".join(plain) or UNKNOWN
    if unit is Unit.TIME and isinstance(value, str) and (moment := parse_datetime(value)):
        return formats.date_format(timezone.localtime(moment), TIME_FORM)
    return format_number(value, unit) if isinstance(value, (int, float)) else str(value or UNKNOWN)


def _written(a: Snapshot, b: Snapshot) -> Iterator[ComparisonRow]:
    for one in compare(a, b):
        described = METRICS.get(one.key) or STATISTICS[one.key]
        # Of an object with numbers that are charted, those stand below it one by one.
        if not (isinstance(described, Statistic) and described.parts):
            yield _difference(one, described.definition, described.unit)


def _difference(one: ComparedValue, definition: str, unit: Unit) -> ComparisonRow:
    return ComparisonRow(
        key=one.key,
        label=one.label,
        definition=definition,
        a=value_text(one.a, unit, one.b),
        b=value_text(one.b, unit, one.a),
        difference=format_change(one.difference, unit) if one.difference is not None else "",
        percent=_percent(one.percent),
        differs=one.differs,
        is_charted=one.key in METRICS,
    )


def _percent(value: float | None) -> str:
    """Write a percentage with as many places as tell it from none."""
    if not value:
        return ""
    order = math.floor(math.log10(abs(value)))
    # Two digits that are not 0; of four places and more one is enough.
    places = max(1, min(1 - order, max(4, -order)))
    sign = "+" if value > 0 else "−"
    return f"{sign}{formats.number_format(round(abs(value), places), decimal_pos=places, use_l10n=True, force_grouping=True)} %"
