"""The JSON Schemas of series, and of the comparison of two moments."""

from ..catalogue.statistic import Aggregate
from ..history.metrics import METRICS
from ..history.points import Certainty
from ..history.series import SeriesMode
from ..history.steps import Step
from .json_schema import TEXT, TIME, TRUE, array_schema, component, object_schema
from .operation import JSONSchema

_POINTS: JSONSchema = array_schema({"type": ["number", "null"]})
SERIES = object_schema(
    {
        "metric": {"type": "string", "enum": [metric.key for metric in METRICS]},
        "label": TEXT,
        "unit": TEXT,
        "values": {
            **_POINTS,
            "description": "One value per step: the `aggregate` of its snapshots (gauges), how much happened (events), or how "
            "many different people were active.",
        },
        "certainty": {
            **array_schema({"anyOf": [{"type": "string", "enum": [*Certainty]}, {"type": "null"}]}),
            "description": "Whether the value was measured, or rebuilt from the rows that are still stored.",
        },
        "aggregate": {
            "type": "string",
            "enum": [*Aggregate],
            "description": "What the value is of the snapshots in a step: the last, the average or the peak; gauges only.",
        },
        "least": {**_POINTS, "description": "The least value in the step; gauges only."},
        "greatest": {**_POINTS, "description": "The greatest value in the step; gauges only."},
    },
    optional=("aggregate", "least", "greatest"),
)
_ANNOTATION = object_schema(
    {
        "metric": TEXT,
        "since": {**TIME, "description": "The time of the first such value."},
        "until": {**TIME, "description": "The time of the last such value."},
        "text": {**TEXT, "description": "What the values count."},
    }
)
_MOMENT = object_schema(
    {
        "_id": {"type": ["string", "null"], "description": "The id of the snapshot; null if the values are not from one."},
        "createdAt": {**TIME, "description": "The time that the values are exact for."},
        "certainty": {
            "enum": [*Certainty, None],
            "description": "`measured`; `rebuilt` if totals are the sum of the chat's events; null if nothing is known.",
        },
        "problems": {
            "type": "object",
            "additionalProperties": TEXT,
            "description": "The reasons why values are null, by key.",
        },
    }
)
_COMPARED = object_schema(
    {
        "key": TEXT,
        "a": {"description": "The value at the first moment."},
        "b": {"description": "The value at the second moment."},
        "difference": {
            "type": ["number", "null"],
            "description": "`b` minus `a`; null if they are not numbers, or of different servers.",
        },
        "percent": {"type": ["number", "null"], "description": "The difference as a percentage of `a`; null also if `a` is 0."},
    }
)


HISTORY_COMPONENTS: dict[str, JSONSchema] = {
    "History": component(
        "Metrics by step; a value that is not known is null.",
        object_schema(
            {
                "since": {**TIME, "description": "The start of the first step."},
                "until": {**TIME, "description": "The end of the last step."},
                "step": {"type": "string", "enum": [*Step]},
                "tz": TEXT,
                "as": {"type": "string", "enum": [*SeriesMode]},
                "times": {**array_schema(TIME), "description": "The start of each step."},
                "series": array_schema(SERIES),
                "annotations": {
                    **array_schema(_ANNOTATION),
                    "description": "Where an imported server counted something else than the definition of a metric says.",
                },
                "success": TRUE,
            }
        ),
    ),
    "Comparison": component(
        "The value of every key at both moments.",
        object_schema(
            {
                "a": _MOMENT,
                "b": _MOMENT,
                "compared": array_schema(_COMPARED),
                "differentServers": {
                    "type": "boolean",
                    "description": "Whether different servers counted at the two moments: then no value is subtracted.",
                },
                "success": TRUE,
            }
        ),
    ),
}
