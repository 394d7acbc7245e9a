"""What `statistics.history` and `statistics.compare` may be asked, as the schema says it."""

from typing import Any

from ..exports.formats import DEFAULT, SERIES_FORMATS
from ..history.metrics import METRICS
from ..history.request import AUTO, DEFAULT_POINTS, MOST_POINTS, NOW
from ..history.series import SeriesMode
from ..history.steps import Step
from .operation import Parameter

_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}

HISTORY = (
    Parameter(
        "metrics",
        f"Which metrics, by comma: {', '.join(metric.key for metric in METRICS)}.",
        {"type": "string", "default": "totalMessages"},
        "totalMessages,newUsers",
    ),
    Parameter("since", "The beginning; by default 30 days before the end.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "The end, left out; by default now.", _TIME, "2026-02-01T00:00:00Z"),
    Parameter(
        "step",
        "How long a step is; days, weeks and months are those of the zone. By default the shortest that gives no more than "
        "`points`.",
        {"type": "string", "enum": [AUTO, *Step], "default": AUTO},
        "day",
    ),
    Parameter(
        "points",
        f"How many points are wanted at the most where the step is chosen; at most {MOST_POINTS:,} are given.",
        {"type": "integer", "minimum": 1, "maximum": MOST_POINTS, "default": DEFAULT_POINTS},
        500,
    ),
    Parameter("tz", "The zone, by its IANA name.", {"type": "string", "default": "UTC"}, "Europe/Berlin"),
    Parameter(
        "as",
        "The value itself, or how it differs from the step before.",
        {"type": "string", "enum": [*SeriesMode], "default": SeriesMode.VALUE.value},
        "change",
    ),
    Parameter("format", "How the answer is written.", {"type": "string", "enum": [*SERIES_FORMATS], "default": DEFAULT}, "csv"),
)
_MOMENT = {"type": "string", "default": NOW}
COMPARISON = (
    Parameter(
        "a",
        "The first moment: a time, of which the latest snapshot up to then is taken, a snapshot's id, or `now`; by default "
        "30 days ago.",
        _MOMENT,
        "2026-01-01T00:00:00Z",
    ),
    Parameter("b", "The second moment, likewise; by default now.", _MOMENT, "now"),
)
