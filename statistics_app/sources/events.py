"""Count what happened by the timestamps in the host's rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Min, QuerySet

from .quarters import Quarter


@dataclass(frozen=True, slots=True)
class EventRows:
    """The rows of one kind of event: the column of their time, the key that they count under, and what is counted of them."""

    rows: "QuerySet[Any]"
    column: str
    key: Any
    number: Any

    def counted(self, since: datetime, until: datetime) -> "QuerySet[Any, Any]":
        """Count by quarter of an hour: a query of (key, quarter, number); `until` is excluded."""
        within = self.rows.filter(**{f"{self.column}__gte": since, f"{self.column}__lt": until}).order_by()
        counted = within.annotate(key=self.key, quarter=Quarter(F(self.column))).values("key", "quarter")
        return counted.annotate(number=self.number).values_list("key", "quarter", "number")


def first_event(kinds: Iterable[EventRows]) -> datetime | None:
    """Find the earliest time in any of the rows."""
    found = [kind.rows.aggregate(_first=Min(kind.column))["_first"] for kind in kinds]
    return min((moment for moment in found if moment is not None), default=None)
