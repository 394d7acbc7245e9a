"""Two moments side by side: every number of both, the difference and the percentage."""

from dataclasses import dataclass

from ..models import Snapshot
from .metrics import GAUGES, Metric


@dataclass(frozen=True, slots=True)
class Compared:
    """One gauge at two moments; `percent` is of the first value, None where that is 0 or unknown."""

    metric: Metric
    a: float | None
    b: float | None

    @property
    def difference(self) -> float | None:
        """How much more it is at the second moment."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def percent(self) -> float | None:
        """The difference in percent of the first value."""
        return None if self.difference is None or not self.a else 100 * self.difference / self.a


def compare(a: Snapshot, b: Snapshot) -> list[Compared]:
    """Compare two snapshots in every gauge, in wire order."""
    return [Compared(metric, metric.value_in(a.document), metric.value_in(b.document)) for metric in GAUGES]
