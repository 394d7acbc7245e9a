"""The JSON Schemas of all answers, bodies and errors; those of a snapshot come from the catalogue."""

from ..catalogue.statistics import CATALOGUE, AnsweredBy, Statistic, Unit
from ..history.metrics import METRICS
from ..history.points import Certainty
from ..history.series import SeriesMode
from ..history.steps import Step
from .operation import JSONSchema

TEXT: JSONSchema = {"type": "string"}
NUMBER: JSONSchema = {"type": "number"}
WHOLE: JSONSchema = {"type": "integer"}
COUNT: JSONSchema = {"type": "integer", "minimum": 0}
FLAG: JSONSchema = {"type": "boolean"}
TIME: JSONSchema = {"type": "string", "format": "date-time"}
ID: JSONSchema = {"type": "string", "minLength": 17, "maxLength": 17}
TRUE: JSONSchema = {"type": "boolean", "const": True}
FALSE: JSONSchema = {"type": "boolean", "const": False}


def object_schema(properties: dict[str, JSONSchema], *, optional: tuple[str, ...] = ()) -> JSONSchema:
    """Make the shape of an object that has these entries and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def array_schema(of: JSONSchema) -> JSONSchema:
    """Make the shape of a list."""
    return {"type": "array", "items": of}


def reference(component: str) -> JSONSchema:
    """Point to a component."""
    return {"$ref": f"#/components/schemas/{component}"}


_CPU = object_schema(
    {"model": TEXT, "speed": WHOLE, "times": object_schema(dict.fromkeys(("user", "nice", "sys", "idle", "irq"), COUNT))}
)
_OBJECTS: dict[str, JSONSchema] = {
    "userLanguages": {"type": "object", "additionalProperties": COUNT},
    "teams": object_schema({"totalTeams": COUNT, "totalRoomsInsideTeams": COUNT}),
    "os": object_schema(
        {
            **dict.fromkeys(("type", "platform", "arch", "release"), TEXT),
            "uptime": COUNT,
            "loadavg": {**array_schema(NUMBER), "minItems": 3, "maxItems": 3},
            **dict.fromkeys(("totalmem", "freemem"), COUNT),
            "cpus": array_schema(_CPU),
        }
    ),
    "process": object_schema({"nodeVersion": TEXT, "runtime": TEXT, "pid": COUNT, "uptime": {**NUMBER, "minimum": 0}}),
    "deploy": object_schema({"method": TEXT, "platform": TEXT}),
    "migration": object_schema({"_id": TEXT, "version": COUNT, "locked": FLAG, "lockedAt": TIME, "buildAt": TIME}),
}
_BY_UNIT = {Unit.TEXT: TEXT, Unit.TIME: TIME}


def _value(statistic: Statistic) -> JSONSchema:
    shape = _OBJECTS[statistic.key] if statistic.unit is Unit.OBJECT else _BY_UNIT.get(statistic.unit, COUNT)
    if statistic.asked is not AnsweredBy.RECORD:
        shape = {**shape, "type": [shape["type"], "null"]}
    return {**shape, "title": statistic.label, "description": statistic.definition}


_SNAPSHOT = {statistic.key: _value(statistic) for statistic in CATALOGUE}
_ME = {
    "_id": TEXT,
    "username": TEXT,
    "name": TEXT,
    "active": FLAG,
    "roles": array_schema(TEXT),
    "emails": array_schema(object_schema({"address": TEXT, "verified": FLAG})),
    "email": TEXT,
    "status": {"type": "string", "enum": ["online", "away", "busy", "offline"]},
    "statusConnection": TEXT,
}
_MAY_LACK = ("email", "emails", "name", "status", "statusConnection")


def _open(shape: JSONSchema) -> JSONSchema:
    """Let a host's source say more."""
    return {**shape, "additionalProperties": True}


def _failure(**texts: JSONSchema) -> JSONSchema:
    return object_schema({"success": FALSE, **texts})


def _status_error(**constants: str) -> JSONSchema:
    return object_schema({name: {"type": "string", "const": text} for name, text in {"status": "error", **constants}.items()})


_WORD: JSONSchema = {"type": "string", "minLength": 1}
_CREDENTIALS = {
    "user": {
        "description": "A username or an e-mail address, or an object with one of them.",
        "anyOf": [_WORD, _open(object_schema({"username": _WORD})), _open(object_schema({"email": _WORD}))],
    },
    "username": {**_WORD, "description": "In place of `user`."},
    "email": {**_WORD, "description": "In place of `user`."},
    "password": {**_WORD, "description": "The password as text; hashed ones are refused."},
    "resume": {**_WORD, "description": "In place of all these: a token that is still good."},
}
_TOKEN_NAME = {**_WORD, "maxLength": 100, "description": "What the token is called, in characters that can be printed."}
_EITHER = [{"required": ["resume"]}, *({"required": [name, "password"]} for name in ("user", "username", "email"))]


def _meaning(text: str, shape: JSONSchema) -> JSONSchema:
    return {"description": text, **shape}


_POINTS: JSONSchema = array_schema({"type": ["number", "null"]})
_SERIES = object_schema(
    {
        "metric": {"type": "string", "enum": [metric.key for metric in METRICS]},
        "label": TEXT,
        "unit": TEXT,
        "values": {**_POINTS, "description": "One value a step: that of the step's last snapshot, or how much happened."},
        "certainty": {
            **array_schema({"anyOf": [{"type": "string", "enum": [*Certainty]}, {"type": "null"}]}),
            "description": "Whether a value was measured, or rebuilt out of what is still there.",
        },
        "least": {**_POINTS, "description": "The least value within the step."},
        "greatest": {**_POINTS, "description": "The greatest value within the step."},
    },
    optional=("least", "greatest"),
)
_MOMENT = object_schema({"_id": TEXT, "createdAt": TIME})
_COMPARED = object_schema(
    {
        "key": TEXT,
        "a": {"description": "The value at the first moment."},
        "b": {"description": "The value at the second moment."},
        "difference": {"type": ["number", "null"], "description": "How much more it is at the second moment."},
        "percent": {"type": ["number", "null"], "description": "The difference in percent of the first value."},
    }
)

COMPONENTS: dict[str, JSONSchema] = {
    "Snapshot": _meaning("A snapshot, every key of it.", object_schema({**_SNAPSHOT, "success": TRUE})),
    "SnapshotInList": _meaning(
        "A snapshot, or those of its keys that were asked for.", object_schema(_SNAPSHOT, optional=tuple(_SNAPSHOT))
    ),
    "SnapshotList": _meaning(
        "One page of snapshots.",
        object_schema(
            {
                "statistics": array_schema(reference("SnapshotInList")),
                "count": {**COUNT, "description": "How many are here."},
                "offset": {**COUNT, "description": "How many were left out from the beginning."},
                "total": {**COUNT, "description": "How many match."},
                "success": TRUE,
            }
        ),
    ),
    "Documents": _meaning("Snapshots, the oldest first.", array_schema(reference("SnapshotInList"))),
    "History": _meaning(
        "Metrics by step; what is not known is null.",
        object_schema(
            {
                "since": {**TIME, "description": "When the first step begins."},
                "until": {**TIME, "description": "When the last step ends."},
                "step": {"type": "string", "enum": [*Step]},
                "tz": TEXT,
                "as": {"type": "string", "enum": [*SeriesMode]},
                "times": {**array_schema(TIME), "description": "When each step begins."},
                "series": array_schema(_SERIES),
                "success": TRUE,
            }
        ),
    ),
    "Comparison": _meaning(
        "Every key at both moments.",
        object_schema({"a": _MOMENT, "b": _MOMENT, "compared": array_schema(_COMPARED), "success": TRUE}),
    ),
    "User": _meaning("An account, as its owner sees it.", _open(object_schema(_ME, optional=_MAY_LACK))),
    "Me": _meaning("Whose the credentials are.", _open(object_schema({**_ME, "success": TRUE}, optional=_MAY_LACK))),
    "Info": _meaning(
        "The version; the whole of it for one who may see statistics.", object_schema({"version": TEXT, "success": TRUE})
    ),
    "Document": _meaning("An OpenAPI document.", {"type": "object", "required": ["openapi", "info", "paths"]}),
    "Credentials": _meaning(
        "Who wants to log in.", {**_open(object_schema(_CREDENTIALS, optional=tuple(_CREDENTIALS))), "anyOf": _EITHER}
    ),
    "LoggedIn": _meaning(
        "Logged in: the two values for the headers.",
        object_schema(
            {
                "status": {**TEXT, "const": "success"},
                "data": object_schema({"userId": TEXT, "authToken": TEXT, "me": reference("User")}),
            }
        ),
    ),
    "LoggedOut": _meaning(
        "Logged out: the token is dead.",
        object_schema({"status": {**TEXT, "const": "success"}, "data": object_schema({"message": TEXT})}),
    ),
    "Nothing": _meaning("An object, in which nothing is looked at.", {"type": ["object", "null"]}),
    "TokenName": _meaning(
        "Which token.",
        _open(object_schema({"tokenName": _TOKEN_NAME})),
    ),
    "NewToken": _meaning(
        "A token.", object_schema({"token": {**TEXT, "description": "The token; it is not said again."}, "success": TRUE})
    ),
    "Tokens": _meaning(
        "The tokens that still open, the oldest first.",
        object_schema(
            {"tokens": array_schema(object_schema({"name": TEXT, "createdAt": TIME, "lastTokenPart": TEXT})), "success": TRUE}
        ),
    ),
    "Done": _meaning("Done.", object_schema({"success": TRUE})),
    "NotLoggedIn": _meaning(
        "Credentials are missing, wrong, expired, or do not belong together.",
        _status_error(message="You must be logged in to do this."),
    ),
    "LoginRefused": _meaning(
        "The login is refused; an unknown name and a wrong password look alike.",
        _status_error(error="Unauthorized", message="Unauthorized"),
    ),
    "NotAllowed": _meaning(
        "The permission is missing.",
        _failure(error={**TEXT, "const": "error-not-allowed"}, errorType={**TEXT, "const": "error-not-allowed"}),
    ),
    "Invalid": _meaning("Something cannot be used: `error` says what, and why.", _failure(errorType=TEXT, error=TEXT)),
    "TooManyRequests": _meaning(
        "Asked too often, or tried to log in before the wait was over.",
        _failure(errorType={**TEXT, "const": "error-too-many-requests"}, error=TEXT),
    ),
    "Unavailable": _meaning("The database is away.", _failure(error={**TEXT, "const": "Service Unavailable"})),
    "Failed": _meaning("Something broke; the log says what.", _failure(error={**TEXT, "const": "Internal server error"})),
}
