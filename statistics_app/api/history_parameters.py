"""The query parameters of `statistics.history` and `statistics.compare`, as the OpenAPI document describes them."""

from typing import Any

from ..exports.formats import DEFAULT, SERIES_FORMATS
from ..history.metrics import METRICS
from ..history.request import AUTO, DEFAULT_POINTS, MAX_POINTS, NOW
from ..history.series import SeriesMode
from ..history.steps import Step
from .operation import Parameter

_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}

RANGE = (
    Parameter("since", "The start of the range; by default 30 days before the end.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "The end of the range, exclusive; by default now.", _TIME, "2026-02-01T00:00:00Z"),
)
POINTS = Parameter(
    "points",
    f"The number of points that `{AUTO}` may give. No step may give more than {MAX_POINTS:,}.",
    {"type": "integer", "minimum": 1, "maximum": MAX_POINTS, "default": DEFAULT_POINTS},
    500,
)
ZONE = Parameter("tz", "The time zone, by its IANA name.", {"type": "string", "default": "UTC"}, "Europe/Berlin")

HISTORY = (
    Parameter(
        "metrics",
        f"The keys of the metrics, separated by commas: {', '.join(metric.key for metric in METRICS)}.",
        {"type": "string", "default": "totalMessages"},
        "totalMessages,newUsers",
    ),
    *RANGE,
    Parameter(
        "step",
        "The length of a step; days, weeks and months are those of the time zone. By default the shortest that gives no more "
        "than `points` points.",
        {"type": "string", "enum": [AUTO, *Step], "default": AUTO},
        "day",
    ),
    POINTS,
    ZONE,
    Parameter(
        "as",
        "`value` for the value itself, or `change` for the difference from the previous step.",
        {"type": "string", "enum": [*SeriesMode], "default": SeriesMode.VALUE.value},
        "change",
    ),
    Parameter(
        "format", "The format of the response.", {"type": "string", "enum": [*SERIES_FORMATS], "default": DEFAULT}, "csv"
    ),
)
_MOMENT = {"type": "string", "default": NOW}
COMPARISON = (
    Parameter(
        "a",
        "The first moment: a time, which selects the latest snapshot taken by then, or else totals rebuilt from the chat's "
        "events; the id of a snapshot; or `now`. By default exactly 30 days before the second.",
        _MOMENT,
        "2026-01-01T00:00:00Z",
    ),
    Parameter("b", "The second moment, in the same form; by default now.", _MOMENT, "now"),
)
