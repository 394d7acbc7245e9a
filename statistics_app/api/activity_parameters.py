"""The query parameters of `statistics.activity`, `statistics.rooms` and `statistics.people`, for the OpenAPI document."""

from typing import Any

from ..history.activity import Activity
from ..history.request import AUTO
from ..history.steps import STEPS_OF_DAYS
from .history_parameters import POINTS, RANGE, ZONE
from .list_query import DEFAULT_COUNT, MAX_COUNT
from .operation import Parameter

# A hundred years.
MOST_DAYS = 36_525
BY_SIZE = "bytes"
ROOM_ORDERS = ("messages", BY_SIZE)
_WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
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
    *RANGE,
    Parameter(
        "step",
        "The length of a step, of the time zone. By default the shortest that gives no more than `points` points.",
        {"type": "string", "enum": [AUTO, *STEPS_OF_DAYS], "default": AUTO},
        "month",
    ),
    POINTS,
    ZONE,
    Parameter(
        "activity",
        "`wrote` for people who wrote messages, or `present` for people who wrote, read a room or signed in.",
        {"type": "string", "enum": [*Activity], "default": Activity.WROTE.value},
        "wrote",
    ),
)
ROOMS = (
    *RANGE,
    ZONE,
    *_PAGE,
    _days("Instead of the busiest rooms, those whose latest message is so many days before the end, or more."),
    Parameter(
        "orderBy",
        "`messages` for the busiest rooms first, or `bytes` for those whose files take the most space.",
        {"type": "string", "enum": [*ROOM_ORDERS], "default": ROOM_ORDERS[0]},
        ROOM_ORDERS[1],
    ),
)
PEOPLE = (
    *RANGE,
    ZONE,
    *_PAGE,
    _days("Instead of those who wrote on the most days, those whose latest activity is so many days before the end, or more."),
)
