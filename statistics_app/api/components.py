"""The JSON Schemas of all responses, request bodies and errors; that of a snapshot is generated from the catalogue."""

from ..catalogue.statistic import Aggregate, AnsweredBy, Statistic, Unit
from ..catalogue.statistics import CATALOGUE
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
    """Return the schema of an object with these properties and no others; all are required except the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def array_schema(items: JSONSchema) -> JSONSchema:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def nullable(schema: JSONSchema) -> JSONSchema:
    """Return the schema of a value that may also be null."""
    return {**schema, "type": [schema["type"], "null"]}


def component_ref(component: str) -> JSONSchema:
    """Return a `$ref` to a component."""
    return {"$ref": f"#/components/schemas/{component}"}


_CPU = object_schema(
    {"model": TEXT, "speed": WHOLE, "times": object_schema(dict.fromkeys(("user", "nice", "sys", "idle", "irq"), COUNT))}
)
_OBJECTS: dict[str, JSONSchema] = {
    "userLanguages": {"type": "object", "additionalProperties": COUNT},
    "teams": object_schema(
        {"totalTeams": COUNT, "totalRoomsInsideTeams": COUNT, "totalDefaultRoomsInsideTeams": nullable(COUNT)}
    ),
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


def _statistic_schema(statistic: Statistic) -> JSONSchema:
    schema = _OBJECTS[statistic.key] if statistic.unit is Unit.OBJECT else _BY_UNIT.get(statistic.unit, COUNT)
    if statistic.answered_by is not AnsweredBy.RECORD:
        schema = nullable(schema)
    return {**schema, "title": statistic.label, "description": statistic.definition}


_SNAPSHOT = {statistic.key: _statistic_schema(statistic) for statistic in CATALOGUE}
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
_OPTIONAL_IN_ME = ("email", "emails", "name", "status", "statusConnection")


def _extensible(schema: JSONSchema) -> JSONSchema:
    """Allow properties beyond those that the schema lists."""
    return {**schema, "additionalProperties": True}


def _failure(**properties: JSONSchema) -> JSONSchema:
    return object_schema({"success": FALSE, **properties})


def _status_error(**constants: str) -> JSONSchema:
    return object_schema({name: {"type": "string", "const": text} for name, text in {"status": "error", **constants}.items()})


_NON_EMPTY: JSONSchema = {"type": "string", "minLength": 1}
_CREDENTIALS = {
    "user": {
        "description": 'A username or an e-mail address; or an object `{"username": …}` or `{"email": …}`.',
        "anyOf": [
            _NON_EMPTY,
            _extensible(object_schema({"username": _NON_EMPTY})),
            _extensible(object_schema({"email": _NON_EMPTY})),
        ],
    },
    "username": {**_NON_EMPTY, "description": "Instead of `user`."},
    "email": {**_NON_EMPTY, "description": "Instead of `user`."},
    "password": {**_NON_EMPTY, "description": "The password, in plain text. Hashed passwords are refused."},
    "resume": {**_NON_EMPTY, "description": "Instead of all these: a token that is still valid."},
}
_TOKEN_NAME = {**_NON_EMPTY, "maxLength": 100, "description": "The name of the token, in printable characters."}
_REQUIRED_SETS = [{"required": ["resume"]}, *({"required": [name, "password"]} for name in ("user", "username", "email"))]


def _component(description: str, schema: JSONSchema) -> JSONSchema:
    return {"description": description, **schema}


_POINTS: JSONSchema = array_schema({"type": ["number", "null"]})
_SERIES = object_schema(
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
        "difference": {"type": ["number", "null"], "description": "`b` minus `a`; null if they are not numbers."},
        "percent": {"type": ["number", "null"], "description": "The difference as a percentage of `a`; null also if `a` is 0."},
    }
)

COMPONENTS: dict[str, JSONSchema] = {
    "Snapshot": _component("A complete snapshot.", object_schema({**_SNAPSHOT, "success": TRUE})),
    "SnapshotInList": _component(
        "A snapshot, or those of its keys that were requested.", object_schema(_SNAPSHOT, optional=tuple(_SNAPSHOT))
    ),
    "SnapshotList": _component(
        "One page of snapshots.",
        object_schema(
            {
                "statistics": array_schema(component_ref("SnapshotInList")),
                "count": {**COUNT, "description": "Number of snapshots in the response."},
                "offset": {**COUNT, "description": "Number of snapshots that were skipped."},
                "total": {**COUNT, "description": "Number of snapshots that match."},
                "success": TRUE,
            }
        ),
    ),
    "Documents": _component("Snapshots, oldest first.", array_schema(component_ref("SnapshotInList"))),
    "History": _component(
        "Metrics by step; a value that is not known is null.",
        object_schema(
            {
                "since": {**TIME, "description": "The start of the first step."},
                "until": {**TIME, "description": "The end of the last step."},
                "step": {"type": "string", "enum": [*Step]},
                "tz": TEXT,
                "as": {"type": "string", "enum": [*SeriesMode]},
                "times": {**array_schema(TIME), "description": "The start of each step."},
                "series": array_schema(_SERIES),
                "success": TRUE,
            }
        ),
    ),
    "Comparison": _component(
        "The value of every key at both moments.",
        object_schema({"a": _MOMENT, "b": _MOMENT, "compared": array_schema(_COMPARED), "success": TRUE}),
    ),
    "User": _component("A user account, as its owner sees it.", _extensible(object_schema(_ME, optional=_OPTIONAL_IN_ME))),
    "Me": _component(
        "The user account that the credentials belong to.",
        _extensible(object_schema({**_ME, "success": TRUE}, optional=_OPTIONAL_IN_ME)),
    ),
    "Info": _component(
        "The version: `major.minor`, or the full version for a user who may view statistics.",
        object_schema({"version": TEXT, "info": object_schema({"version": TEXT}), "success": TRUE}),
    ),
    "Document": _component("An OpenAPI document.", {"type": "object", "required": ["openapi", "info", "paths"]}),
    "Credentials": _component(
        "An account with its password, or a token.",
        {**_extensible(object_schema(_CREDENTIALS, optional=tuple(_CREDENTIALS))), "anyOf": _REQUIRED_SETS},
    ),
    "LoggedIn": _component(
        "The login succeeded; `userId` and `authToken` are the values of the two credential headers.",
        object_schema(
            {
                "status": {**TEXT, "const": "success"},
                "data": object_schema({"userId": TEXT, "authToken": TEXT, "me": component_ref("User")}),
            }
        ),
    ),
    "LoggedOut": _component(
        "The token has been revoked.",
        object_schema({"status": {**TEXT, "const": "success"}, "data": object_schema({"message": TEXT})}),
    ),
    "Nothing": _component("Any object; its content is ignored.", {"type": ["object", "null"]}),
    "TokenName": _component(
        "The name of a token.",
        _extensible(object_schema({"tokenName": _TOKEN_NAME})),
    ),
    "NewToken": _component(
        "The new token.",
        object_schema({"token": {**TEXT, "description": "The token; no other response contains it."}, "success": TRUE}),
    ),
    "Tokens": _component(
        "The tokens that have not expired, oldest first.",
        object_schema(
            {"tokens": array_schema(object_schema({"name": TEXT, "createdAt": TIME, "lastTokenPart": TEXT})), "success": TRUE}
        ),
    ),
    "Done": _component("The operation succeeded.", object_schema({"success": TRUE})),
    "NotLoggedIn": _component(
        "The credentials are missing, wrong, expired, or not of the same user.",
        _status_error(message="You must be logged in to do this."),
    ),
    "LoginRefused": _component(
        "The login was refused; an unknown name and a wrong password are not distinguished.",
        _status_error(error="Unauthorized", message="Unauthorized"),
    ),
    "NotAllowed": _component(
        "The user lacks the permission.",
        _failure(error={**TEXT, "const": "error-not-allowed"}, errorType={**TEXT, "const": "error-not-allowed"}),
    ),
    "Invalid": _component(
        "A parameter or the body is invalid; `error` states what and why.", _failure(errorType=TEXT, error=TEXT)
    ),
    "TooManyRequests": _component(
        "Too many requests, or a login attempt before the wait was over.",
        _failure(errorType={**TEXT, "const": "error-too-many-requests"}, error=TEXT),
    ),
    "Unavailable": _component("The database is unavailable, or the server is busy.", _failure(error=TEXT)),
    "Failed": _component(
        "An unexpected error; the details are in the server's log only.",
        _failure(error={**TEXT, "const": "Internal server error"}),
    ),
}
