"""The OpenAPI document: drawn from the URLconf, from what each view is, and from what its methods say of themselves."""

from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import Any

from django.urls import get_script_prefix
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from .. import __version__
from ..conf import setting
from .components import COMPONENTS, reference
from .operation import Link, OperationDescription
from .permissions import CanViewStatistics

JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
CREDENTIALS: dict[str, list[str]] = {"userId": [], "authToken": []}
COUNTED = {
    "X-RateLimit-Limit": "How many such requests the window allows.",
    "X-RateLimit-Remaining": "How many of them are left.",
    "X-RateLimit-Reset": "When the next window begins, in milliseconds since 1970.",
}
INTRODUCTION = (
    "The statistics of a chat workspace, as Rocket.Chat's clients ask for them. Every path answers with and without a slash "
    "at its end. Times are ISO 8601 in UTC. A value that could not be found out is null, never 0."
)

# The settings of the generator are the process's.
_generating = Lock()


class ApiSchema(AutoSchema):
    """One operation: its errors follow from what its view checks."""

    @property
    def description(self) -> OperationDescription:
        """Return what the method says of itself."""
        return getattr(self.view, self.method.lower()).description

    def get_operation(self, *where: Any) -> Any:
        """Add what the generator has no words for: parameters that are JSON, a body that has to be there, links."""
        operation: dict[str, Any] = super().get_operation(*where) or {}
        in_json = {parameter.name for parameter in self.description.parameters if parameter.is_json}
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in in_json:
                parameter["content"] = {JSON: {"schema": parameter.pop("schema")}}
        if self.description.body:
            operation["requestBody"]["required"] = self.description.body_is_needed
        if self.description.links:
            operation["responses"]["200"]["links"] = {link.operation: _link(link) for link in self.description.links}
        return operation

    def get_operation_id(self) -> str:
        """Name the call as clients do: by its path, and by its method where that is not GET."""
        name = self.path.rstrip("/").rpartition("/")[2]
        prefix = "" if "/v1/" in self.path else "short."
        return f"{prefix}{name}" if self.method == "GET" else f"{prefix}{name}.{self.method.lower()}"

    def get_summary(self) -> str:
        """Say what the call does."""
        return self.description.summary

    def get_description(self) -> str:  # type: ignore[override] # the stubs know the parent of the parent
        """Say what the answer is about."""
        return type(self.view).__doc__ or ""

    def get_tags(self) -> list[str]:
        """Group the calls as the code does."""
        return [type(self.view).__module__.rpartition(".")[2].removesuffix("_views")]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Ask for both headers where the view does."""
        if not self.view.authentication_classes:
            return []
        return [CREDENTIALS] if self.view.permission_classes else [CREDENTIALS, {}]

    def get_override_parameters(self) -> list[Any]:
        """List the parameters, and the headers of the answers."""
        asked = [
            OpenApiParameter(
                name=parameter.name, type={**parameter.shape, "examples": [parameter.example]}, description=parameter.meaning
            )
            for parameter in self.description.parameters
        ]
        counted = [_header(name, meaning, self._counted()) for name, meaning in COUNTED.items()]
        again = _header("Retry-After", "How many seconds to wait.", [429, 503])
        challenge = _header("WWW-Authenticate", "The scheme, which no browser asks a person for.", [401], type_=str)
        return [*asked, *counted, again, challenge]

    def get_request_serializer(self) -> Any:
        """Say what the body has to be."""
        if not self.description.body:
            return None
        media_types = (JSON, *FORMS) if self.description.body == "Credentials" else (JSON,)
        return dict.fromkeys(media_types, reference(self.description.body))

    def get_response_serializers(self) -> Any:
        """List the answer and the errors that the view's checks can give."""
        answers = {(str(status), JSON): _response(components) for status, components in sorted(self._answers().items())}
        text = OpenApiResponse(response={"type": "string"}, description=answers["200", JSON].description)
        return {**answers, **{("200", media_type): text for media_type in self.description.also}}

    def _answers(self) -> dict[int, list[str]]:
        answers = {200: [self.description.answer], 400: ["Invalid"], 500: ["Failed"], 503: ["Unavailable"]}
        if self.view.permission_classes or self.description.refused != "NotLoggedIn":
            answers[401] = [self.description.refused]
        if CanViewStatistics in self.view.permission_classes:
            answers.setdefault(setting("DENIED_STATUS"), []).append("NotAllowed")
        if self.description.body:
            answers |= {413: ["Invalid"], 415: ["Invalid"]}
        if self.view.throttle_classes:
            answers[429] = ["TooManyRequests"]
        return answers

    def _counted(self) -> list[int]:
        """List the answers that come after the throttle."""
        if not self.view.throttle_classes:
            return []
        # Credentials and permission are looked at before anything is counted; a login is counted first.
        before = {401, 403} if self.view.permission_classes else set()
        return [status for status in self._answers() if status not in before]


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the API as it is mounted; to be read, not changed."""
    return _document(get_script_prefix(), setting("DENIED_STATUS"))


@cache
def _document(prefix: str, denied_status: int) -> dict[str, Any]:
    with _generating, patched_settings(_settings(prefix)):
        return SchemaGenerator().get_schema(public=True)


def _settings(prefix: str) -> dict[str, Any]:
    header = {"type": "apiKey", "in": "header"}
    return {
        "OAS_VERSION": "3.1.1",
        "TITLE": "Workspace Statistics",
        "VERSION": ".".join(__version__.split(".")[:2]),
        "DESCRIPTION": INTRODUCTION,
        "SERVERS": [{"url": prefix.rstrip("/") or "/"}],
        "SCHEMA_PATH_PREFIX": "/",
        "PREPROCESSING_HOOKS": [f"{__name__}.documented"],
        "POSTPROCESSING_HOOKS": [],
        "SORT_OPERATIONS": False,
        "SORT_OPERATION_PARAMETERS": False,
        "CAMELIZE_NAMES": False,
        "DISABLE_ERRORS_AND_WARNINGS": True,
        "GET_MOCK_REQUEST": f"{__name__}.no_request",
        "APPEND_COMPONENTS": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                "userId": {**header, "name": "X-User-Id", "description": "The user's id, as login gave it."},
                "authToken": {**header, "name": "X-Auth-Token", "description": "The token that belongs to it."},
            },
        },
    }


def documented(endpoints: Iterable[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Keep the app's own described operations, each path without its last slash."""
    return [
        (path.rstrip("/"), regex, method, callback)
        for path, regex, method, callback in endpoints
        if isinstance(callback.cls.schema, ApiSchema) and hasattr(getattr(callback.cls, method.lower(), None), "description")
    ]


def no_request(method: str, path: str, view: Any, original: Any) -> Any:
    return original


def _header(name: str, meaning: str, statuses: list[int], type_: type = int) -> OpenApiParameter:
    return OpenApiParameter(name=name, type=type_, location="header", description=meaning, response=statuses or [0])


def _link(link: Link) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": link.operation}
    if link.parameters:
        described["parameters"] = link.parameters
    if link.body:
        described["requestBody"] = link.body
    return described


def _response(components: list[str]) -> OpenApiResponse:
    shapes = [reference(component) for component in components]
    return OpenApiResponse(
        response=shapes[0] if len(shapes) == 1 else {"anyOf": shapes},
        description=" ".join(COMPONENTS[component]["description"] for component in components),
    )
