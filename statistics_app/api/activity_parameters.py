"""The query parameters of `statistics.activity`, `statistics.rooms` and `statistics.people`, for the OpenAPI document."""

from typing import Any

from ..history.activity import Activity
from ..history.request import AUTO, DEFAULT_POINTS, MAX_POINTS
from ..history.steps import STEPS_OF_DAYS
from .list_query import DEFAULT_COUNT, MAX_COUNT
from .operation import Parameter

# A hundred years.
MOST_DAYS = 36_525
_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
_WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
_RANGE = (
    Parameter("since", "The start of the range; by default 30 days before the end.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "The end of the range, exclusive; by default now.", _TIME, "2026-02-01T00:00:00Z"),
)
_ZONE = Parameter("tz", "The time zone, by its IANA name.", {"type": "string", "default": "UTC"}, "Europe/Berlin")
_PAGE = (
    Parameter("offset", "Number of entries to skip.", {**_WHOLE, "default": 0}, 0),
    Parameter(
        "count",
        f"Number of entries to return. 0, and values above {MAX_COUNT}, mean {MAX_COUNT}.",
        {**_WHOLE, "default": DEFAULT_COUNT},
        10,
    ),
)


def _days(description: str) -> Parameter:
    return Parameter("withoutActivity", description, {"type": "integer", "minimum": 1, "maximum": MOST_DAYS}, 90)


ACTIVITY = (
    *_RANGE,
    Parameter(
        "step",
        "The length of a step, of the time zone. By default the shortest that gives no more than `points` points.",
        {"type": "string", "enum": [AUTO, *STEPS_OF_DAYS], "default": AUTO},
        "month",
    ),
    Parameter(
        "points",
        f"The number of points that `{AUTO}` may give. No step may give more than {MAX_POINTS:,}.",
        {"type": "integer", "minimum": 1, "maximum": MAX_POINTS, "default": DEFAULT_POINTS},
        500,
    ),
    _ZONE,
    Parameter(
        "activity",
        "`wrote` for people who wrote messages, or `present` for people who wrote, read a room or signed in.",
        {"type": "string", "enum": [*Activity], "default": Activity.WROTE.value},
        "wrote",
    ),
)
ROOMS = (
    *_RANGE,
    _ZONE,
    *_PAGE,
    _days("Instead of the busiest rooms, those whose latest message is so many days before the end, or more."),
)
PEOPLE = (
    *_RANGE,
    _ZONE,
    *_PAGE,
    _days("Instead of those who wrote on the most days, those whose latest activity is so many days before the end, or more."),
)
