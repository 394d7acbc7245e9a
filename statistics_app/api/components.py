"""The JSON Schemas of all responses, request bodies and errors; that of a snapshot is generated from the catalogue."""

from ..catalogue.statistic import AnsweredBy, Statistic, Unit
from ..catalogue.statistics import CATALOGUE
from .activity_components import ACTIVITY_COMPONENTS
from .history_components import HISTORY_COMPONENTS
from .json_schema import (
    COUNT,
    FALSE,
    FLAG,
    NUMBER,
    TEXT,
    TIME,
    TRUE,
    WHOLE,
    array_schema,
    component,
    component_ref,
    nullable,
    object_schema,
)
from .operation import JSONSchema

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


_KNOWN = {statistic.key: _statistic_schema(statistic) for statistic in CATALOGUE}
# Of what another server reports, less can be known.
_SNAPSHOT = {
    **_KNOWN,
    **{key: nullable(_KNOWN[key]) for key in ("installedAt", "version")},
    "teams": {**_KNOWN["teams"], "properties": dict.fromkeys(_OBJECTS["teams"]["properties"], nullable(COUNT))},
}
# Of imported snapshots, also whose they are.
_SNAPSHOT_IN_LIST = {**_SNAPSHOT, "uniqueId": nullable(_SNAPSHOT["uniqueId"])}
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


COMPONENTS: dict[str, JSONSchema] = {
    "Snapshot": component("A complete snapshot.", object_schema({**_SNAPSHOT, "success": TRUE})),
    "SnapshotInList": component(
        "A snapshot, or those of its keys that were requested.", object_schema(_SNAPSHOT_IN_LIST, optional=tuple(_SNAPSHOT))
    ),
    "SnapshotList": component(
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
    "Documents": component("Snapshots, oldest first.", array_schema(component_ref("SnapshotInList"))),
    **HISTORY_COMPONENTS,
    **ACTIVITY_COMPONENTS,
    "User": component("A user account, as its owner sees it.", _extensible(object_schema(_ME, optional=_OPTIONAL_IN_ME))),
    "Me": component(
        "The user account that the credentials belong to.",
        _extensible(object_schema({**_ME, "success": TRUE}, optional=_OPTIONAL_IN_ME)),
    ),
    "Info": component(
        "The version: `major.minor`, or the full version for a user who may view statistics.",
        object_schema({"version": TEXT, "info": object_schema({"version": TEXT}), "success": TRUE}),
    ),
    "Document": component("An OpenAPI document.", {"type": "object", "required": ["openapi", "info", "paths"]}),
    "Credentials": component(
        "An account with its password, or a token.",
        {**_extensible(object_schema(_CREDENTIALS, optional=tuple(_CREDENTIALS))), "anyOf": _REQUIRED_SETS},
    ),
    "LoggedIn": component(
        "The login succeeded; `userId` and `authToken` are the values of the two credential headers.",
        object_schema(
            {
                "status": {**TEXT, "const": "success"},
                "data": object_schema({"userId": TEXT, "authToken": TEXT, "me": component_ref("User")}),
            }
        ),
    ),
    "LoggedOut": component(
        "The token has been revoked.",
        object_schema({"status": {**TEXT, "const": "success"}, "data": object_schema({"message": TEXT})}),
    ),
    "Nothing": component("Any object; its content is ignored.", {"type": ["object", "null"]}),
    "TokenName": component(
        "The name of a token.",
        _extensible(object_schema({"tokenName": _TOKEN_NAME})),
    ),
    "NewToken": component(
        "The new token.",
        object_schema({"token": {**TEXT, "description": "The token; no other response contains it."}, "success": TRUE}),
    ),
    "Tokens": component(
        "The tokens that have not expired, oldest first.",
        object_schema(
            {"tokens": array_schema(object_schema({"name": TEXT, "createdAt": TIME, "lastTokenPart": TEXT})), "success": TRUE}
        ),
    ),
    "Done": component("The operation succeeded.", object_schema({"success": TRUE})),
    "NotLoggedIn": component(
        "The credentials are missing, wrong, expired, or not of the same user.",
        _status_error(message="You must be logged in to do this."),
    ),
    "LoginRefused": component(
        "The login was refused; an unknown name and a wrong password are not distinguished.",
        _status_error(error="Unauthorized", message="Unauthorized"),
    ),
    "NotAllowed": component(
        "The user lacks the permission.",
        _failure(error={**TEXT, "const": "error-not-allowed"}, errorType={**TEXT, "const": "error-not-allowed"}),
    ),
    "Invalid": component(
        "A parameter or the body is invalid; `error` states what and why.", _failure(errorType=TEXT, error=TEXT)
    ),
    "TooManyRequests": component(
        "Too many requests, or a login attempt before the wait was over.",
        _failure(errorType={**TEXT, "const": "error-too-many-requests"}, error=TEXT),
    ),
    "Unavailable": component("The database is unavailable, or the server is busy.", _failure(error=TEXT)),
    "Failed": component(
        "An unexpected error; the details are in the server's log only.",
        _failure(error={**TEXT, "const": "Internal server error"}),
    ),
}
