"""Two moments side by side: every key of both, and of numbers the difference and the percentage."""

from dataclasses import dataclass
from typing import Any

from ..catalogue.statistics import CATALOGUE
from ..models import Snapshot
from ..serialization import plain_number
from .metrics import GAUGES

# Properties of the snapshots themselves.
_LEFT_OUT = {"_id", "createdAt", "_updatedAt"}


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One key at two moments; `percent` is of the first value, None where there is none or it is 0."""

    key: str
    label: str
    a: Any
    b: Any

    @property
    def differs(self) -> bool:
        """Whether it is another value."""
        return self.a != self.b

    @property
    def difference(self) -> float | None:
        """How much more it is at the second moment."""
        return self.b - self.a if _is_number(self.a) and _is_number(self.b) else None

    @property
    def percent(self) -> float | None:
        """The difference in percent of the first value."""
        return 100 * self.difference / self.a if self.difference is not None and self.a else None


def compare(a: Snapshot, b: Snapshot) -> list[ComparedValue]:
    """Compare two snapshots in every key, in wire order; numbers within objects follow their object."""
    parts = {metric.key: metric for metric in GAUGES if "." in metric.key}
    compared = []
    for statistic in CATALOGUE:
        if statistic.alias_of or statistic.key in _LEFT_OUT:
            continue
        compared.append(
            ComparedValue(statistic.key, statistic.label, a.document.get(statistic.key), b.document.get(statistic.key))
        )
        compared += [
            ComparedValue(
                key, metric.label, plain_number(metric.value_in(a.document)), plain_number(metric.value_in(b.document))
            )
            for key, metric in parts.items()
            if key.startswith(f"{statistic.key}.")
        ]
    return compared


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
