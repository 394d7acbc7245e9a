"""The JSON Schemas of activity, and of lists of rooms and people."""

from ..history.activity import Activity
from ..history.series import SeriesMode
from ..history.steps import STEPS_OF_DAYS
from ..sources.base import RoomKind
from .history_components import SERIES
from .json_schema import COUNT, TEXT, TIME, TRUE, array_schema, component, nullable, object_schema
from .operation import JSONSchema

_NULLABLE_TIME: JSONSchema = {"anyOf": [TIME, {"type": "null"}]}
_PAGE = {
    "count": {**COUNT, "description": "Number of entries in the response."},
    "offset": {**COUNT, "description": "Number of entries that were skipped."},
    "total": {**COUNT, "description": "Number of entries."},
    "success": TRUE,
}
_PROBLEM: JSONSchema = {"type": ["string", "null"], "description": "Why nothing is known, if nothing is."}
_ROOM = object_schema(
    {
        "number": {**COUNT, "description": "The number under which the history knows the room."},
        "name": {"type": ["string", "null"], "description": "Null if it has none, is gone, or the user may not see it."},
        "type": {"enum": [*RoomKind, None], "description": "The kind of the room; null if it is gone or does not count."},
        "messages": {**COUNT, "description": "Messages sent in the range, removed since or not."},
        "messagesBefore": {**nullable(COUNT), "description": "Messages sent in the same time before it."},
        "growth": {"type": ["number", "null"], "description": "The difference in percent; null if there were none before."},
        "people": {
            **nullable(COUNT),
            "description": "People who wrote in it, no bots or apps; null if not known.",
        },
        "lastMessage": {**_NULLABLE_TIME, "description": "The quarter of an hour of the latest message."},
        "files": {**nullable(COUNT), "description": "Files in it at `filesAt`; null if not known."},
        "bytes": {**nullable(COUNT), "description": "The total size of these files."},
    }
)
_PERSON = object_schema(
    {
        "name": {"type": ["string", "null"], "description": "Null if the account is gone or was forgotten."},
        "daysActive": {**COUNT, "description": "The days of the range on which the person wrote."},
        "lastMessage": {**_NULLABLE_TIME, "description": "The quarter of an hour of the latest message."},
    }
)
_ACTIVITY = {
    "since": {**TIME, "description": "The start of the first step."},
    "until": {**TIME, "description": "The end of the last step."},
    "step": {"type": "string", "enum": [*STEPS_OF_DAYS]},
    "tz": TEXT,
    "as": {"type": "string", "const": SeriesMode.VALUE.value},
    "times": {**array_schema(TIME), "description": "The start of each step."},
    "series": array_schema({**SERIES, "properties": {**SERIES["properties"], "metric": TEXT}}),
    "activity": {"type": "string", "enum": [*Activity]},
    "problem": _PROBLEM,
    "recent": {
        "anyOf": [
            object_schema({"since": TIME, "until": TIME, "people": nullable(COUNT), "peopleBefore": nullable(COUNT)}),
            {"type": "null"},
        ],
        "description": "The people of the last 28 days, and of the 28 days before.",
    },
    "cohorts": {
        "anyOf": [array_schema(object_schema({"month": TIME, "people": array_schema(nullable(COUNT))})), {"type": "null"}],
        "description": "For each month, how many people wrote first in it, and how many of them wrote in each later month.",
    },
    "hours": {
        "anyOf": [
            object_schema({"averages": array_schema(array_schema({"type": ["number", "null"], "minimum": 0}))}),
            {"type": "null"},
        ],
        "description": "The average number of messages in each hour of each weekday, from Monday.",
    },
    "success": TRUE,
}


ACTIVITY_COMPONENTS: dict[str, JSONSchema] = {
    "Activity": component("Who was active, how much was written, and when.", object_schema(_ACTIVITY)),
    "Rooms": component(
        "One page of rooms.",
        object_schema(
            {
                "rooms": array_schema(_ROOM),
                "since": {**TIME, "description": "The start of what is counted of the range."},
                "until": {**TIME, "description": "The end of what is counted of the range."},
                "sinceBefore": {
                    **_NULLABLE_TIME,
                    "description": "The start of the same time before; null if not counted.",
                },
                "filesAt": {
                    **_NULLABLE_TIME,
                    "description": "When files were counted; null if they were not.",
                },
                "problem": _PROBLEM,
                **_PAGE,
            }
        ),
    ),
    "People": component("One page of people.", object_schema({"people": array_schema(_PERSON), "problem": _PROBLEM, **_PAGE})),
}
