"""The JSON Schemas of all answers, bodies and errors; those of a snapshot come from the catalogue."""

from ..catalogue import CATALOGUE, Asked, Statistic, Unit
from ..history.metrics import METRICS
from ..history.points import Certainty
from ..history.series import Shown
from ..history.steps import Step
from .described import Shape

TEXT: Shape = {"type": "string"}
NUMBER: Shape = {"type": "number"}
WHOLE: Shape = {"type": "integer"}
COUNT: Shape = {"type": "integer", "minimum": 0}
FLAG: Shape = {"type": "boolean"}
TIME: Shape = {"type": "string", "format": "date-time"}
ID: Shape = {"type": "string", "minLength": 17, "maxLength": 17}
TRUE: Shape = {"type": "boolean", "const": True}
FALSE: Shape = {"type": "boolean", "const": False}


def an_object(properties: dict[str, Shape], *, optional: tuple[str, ...] = ()) -> Shape:
    """Make the shape of an object that has these entries and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def a_list(of: Shape) -> Shape:
    """Make the shape of a list."""
    return {"type": "array", "items": of}


def reference(component: str) -> Shape:
    """Point to a component."""
    return {"$ref": f"#/components/schemas/{component}"}


_CPU = an_object(
    {"model": TEXT, "speed": WHOLE, "times": an_object(dict.fromkeys(("user", "nice", "sys", "idle", "irq"), COUNT))}
)
_OBJECTS: dict[str, Shape] = {
    "userLanguages": {"type": "object", "additionalProperties": COUNT},
    "teams": an_object({"totalTeams": COUNT, "totalRoomsInsideTeams": COUNT}),
    "os": an_object(
        {
            **dict.fromkeys(("type", "platform", "arch", "release"), TEXT),
            "uptime": COUNT,
            "loadavg": {**a_list(NUMBER), "minItems": 3, "maxItems": 3},
            **dict.fromkeys(("totalmem", "freemem"), COUNT),
            "cpus": a_list(_CPU),
        }
    ),
    "process": an_object({"nodeVersion": TEXT, "runtime": TEXT, "pid": COUNT, "uptime": {**NUMBER, "minimum": 0}}),
    "deploy": an_object({"method": TEXT, "platform": TEXT}),
    "migration": an_object({"_id": TEXT, "version": COUNT, "locked": FLAG, "lockedAt": TIME, "buildAt": TIME}),
}
_BY_UNIT = {Unit.TEXT: TEXT, Unit.TIME: TIME}


def _value(statistic: Statistic) -> Shape:
    shape = _OBJECTS[statistic.key] if statistic.unit is Unit.OBJECT else _BY_UNIT.get(statistic.unit, COUNT)
    if statistic.asked is not Asked.RECORD:
        shape = {**shape, "type": [shape["type"], "null"]}
    return {**shape, "title": statistic.label, "description": statistic.definition}


_SNAPSHOT = {statistic.key: _value(statistic) for statistic in CATALOGUE}
_ME = {
    "_id": TEXT,
    "username": TEXT,
    "name": TEXT,
    "active": FLAG,
    "roles": a_list(TEXT),
    "emails": a_list(an_object({"address": TEXT, "verified": FLAG})),
    "email": TEXT,
    "status": {"type": "string", "enum": ["online", "away", "busy", "offline"]},
    "statusConnection": TEXT,
}
_MAY_LACK = ("email", "emails", "name", "status", "statusConnection")


def _open(shape: Shape) -> Shape:
    """Let a host's source say more."""
    return {**shape, "additionalProperties": True}


def _failure(**texts: Shape) -> Shape:
    return an_object({"success": FALSE, **texts})


def _status_error(**constants: str) -> Shape:
    return an_object({name: {"type": "string", "const": text} for name, text in {"status": "error", **constants}.items()})


_WORD: Shape = {"type": "string", "minLength": 1}
_CREDENTIALS = {
    "user": {
        "description": "A username or an e-mail address, or an object with one of them.",
        "anyOf": [_WORD, _open(an_object({"username": _WORD})), _open(an_object({"email": _WORD}))],
    },
    "username": {**_WORD, "description": "In place of `user`."},
    "email": {**_WORD, "description": "In place of `user`."},
    "password": {**_WORD, "description": "The password as text; hashed ones are refused."},
    "resume": {**_WORD, "description": "In place of all these: a token that is still good."},
}
_TOKEN_NAME = {**_WORD, "maxLength": 100, "description": "What the token is called, in characters that can be printed."}
_EITHER = [{"required": ["resume"]}, *({"required": [name, "password"]} for name in ("user", "username", "email"))]


def _meaning(text: str, shape: Shape) -> Shape:
    return {"description": text, **shape}


_POINTS: Shape = a_list({"type": ["number", "null"]})
_SERIES = an_object(
    {
        "metric": {"type": "string", "enum": [metric.key for metric in METRICS]},
        "label": TEXT,
        "unit": TEXT,
        "values": {**_POINTS, "description": "One value a step: that of the step's last snapshot, or how much happened."},
        "certainty": {
            **a_list({"anyOf": [{"type": "string", "enum": [*Certainty]}, {"type": "null"}]}),
            "description": "Whether a value was measured, or rebuilt out of what is still there.",
        },
        "least": {**_POINTS, "description": "The least value within the step."},
        "greatest": {**_POINTS, "description": "The greatest value within the step."},
    },
    optional=("least", "greatest"),
)
_MOMENT = an_object({"_id": TEXT, "createdAt": TIME})
_COMPARED = an_object(
    {
        "key": TEXT,
        "a": {"description": "The value at the first moment."},
        "b": {"description": "The value at the second moment."},
        "difference": {"type": ["number", "null"], "description": "How much more it is at the second moment."},
        "percent": {"type": ["number", "null"], "description": "The difference in percent of the first value."},
    }
)

COMPONENTS: dict[str, Shape] = {
    "Snapshot": _meaning("A snapshot, every key of it.", an_object({**_SNAPSHOT, "success": TRUE})),
    "SnapshotInList": _meaning(
        "A snapshot, or those of its keys that were asked for.", an_object(_SNAPSHOT, optional=tuple(_SNAPSHOT))
    ),
    "SnapshotList": _meaning(
        "One page of snapshots.",
        an_object(
            {
                "statistics": a_list(reference("SnapshotInList")),
                "count": {**COUNT, "description": "How many are here."},
                "offset": {**COUNT, "description": "How many were left out from the beginning."},
                "total": {**COUNT, "description": "How many match."},
                "success": TRUE,
            }
        ),
    ),
    "Documents": _meaning("Snapshots, the oldest first.", a_list(reference("SnapshotInList"))),
    "History": _meaning(
        "Metrics by step; what is not known is null.",
        an_object(
            {
                "since": {**TIME, "description": "When the first step begins."},
                "until": {**TIME, "description": "When the last step ends."},
                "step": {"type": "string", "enum": [*Step]},
                "tz": TEXT,
                "as": {"type": "string", "enum": [*Shown]},
                "times": {**a_list(TIME), "description": "When each step begins."},
                "series": a_list(_SERIES),
                "success": TRUE,
            }
        ),
    ),
    "Comparison": _meaning(
        "Every key at both moments.",
        an_object({"a": _MOMENT, "b": _MOMENT, "compared": a_list(_COMPARED), "success": TRUE}),
    ),
    "User": _meaning("An account, as its owner sees it.", _open(an_object(_ME, optional=_MAY_LACK))),
    "Me": _meaning("Whose the credentials are.", _open(an_object({**_ME, "success": TRUE}, optional=_MAY_LACK))),
    "Info": _meaning(
        "The version; the whole of it for one who may see statistics.", an_object({"version": TEXT, "success": TRUE})
    ),
    "Document": _meaning("An OpenAPI document.", {"type": "object", "required": ["openapi", "info", "paths"]}),
    "Credentials": _meaning(
        "Who wants to log in.", {**_open(an_object(_CREDENTIALS, optional=tuple(_CREDENTIALS))), "anyOf": _EITHER}
    ),
    "LoggedIn": _meaning(
        "Logged in: the two values for the headers.",
        an_object(
            {
                "status": {**TEXT, "const": "success"},
                "data": an_object({"userId": TEXT, "authToken": TEXT, "me": reference("User")}),
            }
        ),
    ),
    "LoggedOut": _meaning(
        "Logged out: the token is dead.",
        an_object({"status": {**TEXT, "const": "success"}, "data": an_object({"message": TEXT})}),
    ),
    "Nothing": _meaning("An object, in which nothing is looked at.", {"type": ["object", "null"]}),
    "TokenName": _meaning(
        "Which token.",
        _open(an_object({"tokenName": _TOKEN_NAME})),
    ),
    "NewToken": _meaning(
        "A token.", an_object({"token": {**TEXT, "description": "The token; it is not said again."}, "success": TRUE})
    ),
    "Tokens": _meaning(
        "The tokens that still open, the oldest first.",
        an_object({"tokens": a_list(an_object({"name": TEXT, "createdAt": TIME, "lastTokenPart": TEXT})), "success": TRUE}),
    ),
    "Done": _meaning("Done.", an_object({"success": TRUE})),
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
