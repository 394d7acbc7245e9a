"""Comparison of two moments: every key with both values and, for numbers, the difference and its percentage."""

from dataclasses import dataclass
from typing import Any

from ..catalogue.statistics import CATALOGUE
from ..serialization import plain_number
from .metrics import GAUGES
from .moments import State

# These identify the snapshots themselves, so they always differ.
_EXCLUDED = {"_id", "createdAt", "_updatedAt"}


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """The values of one key at two moments, `a` and `b`; those of different servers are not subtracted."""

    key: str
    label: str
    a: Any
    b: Any
    is_subtracted: bool = True

    @property
    def differs(self) -> bool:
        """Whether the two values differ."""
        return self.a != self.b

    @property
    def difference(self) -> float | None:
        """`b` minus `a`; None unless both are numbers of the same server."""
        return self.b - self.a if self.is_subtracted and _is_number(self.a) and _is_number(self.b) else None

    @property
    def percent(self) -> float | None:
        """The difference in percent of `a`; None if there is no difference to compute, or `a` is 0."""
        return 100 * self.difference / self.a if self.difference is not None and self.a else None


def compare(a: State, b: State) -> list[ComparedValue]:
    """Compare two moments by every key, in wire order; charted numbers within an object follow that object."""
    parts = {metric.key: metric for metric in GAUGES if "." in metric.key}
    is_subtracted = not b.is_of_other_server(a)
    compared = []
    for statistic in CATALOGUE:
        if statistic.alias_of or statistic.key in _EXCLUDED:
            continue
        compared.append(
            ComparedValue(
                statistic.key, statistic.label, a.document.get(statistic.key), b.document.get(statistic.key), is_subtracted
            )
        )
        compared += [
            ComparedValue(key, metric.label, plain_number(a.value_of(metric)), plain_number(b.value_of(metric)), is_subtracted)
            for key, metric in parts.items()
            if key.startswith(f"{statistic.key}.")
        ]
    return compared


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
