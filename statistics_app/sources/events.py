"""Event counts by the timestamps in the host's rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Min, QuerySet

from .quarters import Quarter


@dataclass(frozen=True, slots=True)
class EventRows:
    """The rows of one kind of event: the timestamp column, and the expressions for the event's key and number."""

    rows: "QuerySet[Any]"
    column: str
    key: Any
    number: Any

    def counted(self, since: datetime, until: datetime) -> "QuerySet[Any, Any]":
        """Return a query of (key, quarter, number) that counts by quarter of an hour; `until` is excluded."""
        in_range = self.rows.filter(**{f"{self.column}__gte": since, f"{self.column}__lt": until}).order_by()
        grouped = in_range.annotate(key=self.key, quarter=Quarter(F(self.column))).values("key", "quarter")
        return grouped.annotate(number=self.number).values_list("key", "quarter", "number")


def first_event(kinds: Iterable[EventRows]) -> datetime | None:
    """Return the earliest timestamp in any of the rows; None if there is none."""
    minima = [kind.rows.aggregate(_first=Min(kind.column))["_first"] for kind in kinds]
    return min((moment for moment in minima if moment is not None), default=None)
