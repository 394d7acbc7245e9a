"""The form of the page of activity: read from a query string, rendered by the template, written to query strings."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict

from ..history.activity import Activity
from ..history.activity_summary import require_known
from ..history.points import HistoryRange
from ..history.request import AUTO, range_within
from ..history.steps import STEPS_OF_DAYS
from ..http.query_parameters import choice
from .range_form import RangeForm

# With more bars, readers could not distinguish them on a phone.
_POINTS = "120"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityForm(RangeForm):
    """The fields of a time range, and what makes people active."""

    activity: str

    @classmethod
    def read(cls, query: QueryDict, default_zone: ZoneInfo) -> "ActivityForm":
        """Read the query string; absent fields have their defaults."""
        return cls(activity=query.get("activity") or Activity.WROTE, **cls.range_fields(query, default_zone))

    def request(self, now: datetime) -> tuple[Activity, HistoryRange]:
        """Return what makes people active, and the time range; errors: ParameterError."""
        activity = Activity(choice({"activity": self.activity}, "activity", [*Activity]))
        require_known(activity)
        since, until = self.moments(now)
        return activity, range_within(since, until, {"step": self.step, "tz": self.tz, "points": _POINTS}, STEPS_OF_DAYS)

    @property
    def own_fields(self) -> dict[str, str]:
        """The field besides the time range, as it is in a query string."""
        return {"activity": self.activity}

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """Return all steps, each with whether it is selected."""
        return [(step, step == self.step) for step in (AUTO, *STEPS_OF_DAYS)]
