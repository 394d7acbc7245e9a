"""The OpenAPI document, generated from the URLconf, the classes of each view, and the descriptions of its methods."""

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
from .authentication import ScrapeAuthentication
from .components import COMPONENTS
from .json_schema import component_ref
from .operation import Link, OperationDescription
from .permissions import CanViewStatistics

JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
CREDENTIALS: list[dict[str, list[str]]] = [{"userId": [], "authToken": []}, {"bearer": []}]
RATE_LIMIT_HEADERS = {
    "X-RateLimit-Limit": "Number of requests that the window allows.",
    "X-RateLimit-Remaining": "Number of requests left in the window.",
    "X-RateLimit-Reset": "When the next window begins, in milliseconds since 1970.",
}
VALIDATORS = {
    "ETag": "What names this body; a client sends it as `If-None-Match`.",
    "Last-Modified": "When the snapshot was taken; a client sends it as `If-Modified-Since`. Absent in its first second.",
}
INTRODUCTION = (
    "The statistics of a chat workspace, in the format of Rocket.Chat's API. A trailing slash in a path is optional. Times are "
    "ISO 8601 in UTC. A value that could not be determined is null, never 0."
)

# The generator's settings are global to the process.
_generator_lock = Lock()


class ApiSchema(AutoSchema):
    """The schema of one operation; its error responses follow from the view's authentication, permissions and throttles."""

    @property
    def description(self) -> OperationDescription:
        """The description that `@operation` attached to the view's method."""
        return getattr(self.view, self.method.lower()).description

    def get_operation(self, *args: Any) -> Any:
        """Return the operation, with what drf-spectacular does not support: JSON parameters, required bodies and links."""
        operation: dict[str, Any] = super().get_operation(*args) or {}
        in_json = {parameter.name for parameter in self.description.parameters if parameter.is_json}
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in in_json:
                parameter["content"] = {JSON: {"schema": parameter.pop("schema")}}
        if self.description.request_body:
            operation["requestBody"]["required"] = self.description.is_body_required
        if self.description.links:
            operation["responses"]["200"]["links"] = {link.operation_id: _link(link) for link in self.description.links}
        return operation

    def get_operation_id(self) -> str:
        """Return the last part of the path, as clients name the operation, followed by the method unless it is GET."""
        name = self.path.rstrip("/").rpartition("/")[2]
        prefix = "" if "/v1/" in self.path else "short."
        return f"{prefix}{name}" if self.method == "GET" else f"{prefix}{name}.{self.method.lower()}"

    def get_summary(self) -> str:
        """Return the summary in the method's description."""
        return self.description.summary

    def get_description(self) -> str:  # type: ignore[override] # the stubs describe another base class
        """Return the docstring of the view."""
        return type(self.view).__doc__ or ""

    def get_tags(self) -> list[str]:
        """Return the name of the view's module, without `_views`, as the only tag."""
        return [type(self.view).__module__.rpartition(".")[2].removesuffix("_views")]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the kinds of credentials, as optional if the view has no permissions; nothing if it does not authenticate."""
        if not self.view.authentication_classes:
            return []
        basic: list[dict[str, list[str]]] = [{"basic": []}] if ScrapeAuthentication in self.view.authentication_classes else []
        return [*CREDENTIALS, *basic] if self.view.permission_classes else [*CREDENTIALS, {}]

    def get_override_parameters(self) -> list[Any]:
        """Return the query parameters and the response headers."""
        parameters = [
            OpenApiParameter(
                name=parameter.name,
                type={**parameter.schema, "examples": [parameter.example]},
                description=parameter.description,
            )
            for parameter in self.description.parameters
        ]
        statuses = self._counted_statuses()
        rate_limit = [_header(name, description, statuses) for name, description in RATE_LIMIT_HEADERS.items()]
        retry_after = _header("Retry-After", "Number of seconds to wait.", [429, 503])
        challenge = _header("WWW-Authenticate", "The authentication scheme.", [401], type_=str)
        validators = (
            [_header(name, text, [200, 304], type_=str) for name, text in VALIDATORS.items()]
            if self.description.is_conditional
            else []
        )
        return [*parameters, *rate_limit, *validators, retry_after, challenge]

    def get_request_serializer(self) -> Any:
        """Return the schema of the request body by media type, or None if there is no body."""
        body = self.description.request_body
        if not body:
            return None
        media_types = (JSON, *FORMS) if body == "Credentials" else (JSON,)
        return dict.fromkeys(media_types, component_ref(body))

    def get_response_serializers(self) -> Any:
        """Return the successful response and all error responses that the view can give, by status and media type."""
        responses = {(str(status), JSON): _response(names) for status, names in sorted(self._components().items()) if names}
        if self.description.is_conditional:
            responses["304", JSON] = OpenApiResponse(description="What the client has is still the newest; there is no body.")
        described = responses["200", JSON].description if self.description.response else self.description.summary
        text = OpenApiResponse(response={"type": "string"}, description=described)
        return {**responses, **{("200", media_type): text for media_type in self.description.other_media_types}}

    def _components(self) -> dict[int, list[str]]:
        """Return the names of the components that a response can have as its body, by status."""
        response = self.description.response
        components = {200: [response] if response else [], 400: ["Invalid"], 500: ["Failed"], 503: ["Unavailable"]}
        if self.view.permission_classes or self.description.unauthorized != "NotLoggedIn":
            components[401] = [self.description.unauthorized]
        if CanViewStatistics in self.view.permission_classes:
            components.setdefault(setting("DENIED_STATUS"), []).append("NotAllowed")
        if self.description.request_body:
            components |= {413: ["Invalid"], 415: ["Invalid"]}
        if self.view.throttle_classes:
            components[429] = ["TooManyRequests"]
        return components

    def _counted_statuses(self) -> list[int]:
        """Return the statuses of responses to requests that a throttle has counted."""
        if not self.view.throttle_classes:
            return []
        # Credentials and permissions are checked before the throttle; a login has none to check before.
        uncounted = {401, 403} if self.view.permission_classes else set()
        unmodified = [304] if self.description.is_conditional else []
        return [status for status in (*self._components(), *unmodified) if status not in uncounted]


def document() -> dict[str, Any]:
    """Return the OpenAPI document for the URL prefix of this process. It is cached, so callers must not change it."""
    return _document(get_script_prefix(), setting("DENIED_STATUS"))


@cache
def _document(prefix: str, denied_status: int) -> dict[str, Any]:
    with _generator_lock, patched_settings(_settings(prefix)):
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
                "userId": {**header, "name": "X-User-Id", "description": "The user's id, as returned by login."},
                "authToken": {**header, "name": "X-Auth-Token", "description": "A token that belongs to the user."},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The user's id as the name, a token as the password.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "description": "A token, without the id of its user."},
            },
        },
    }


def documented(endpoints: Iterable[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Keep the app's own operations that have a description, and remove the trailing slash of their paths."""
    return [
        (path.rstrip("/"), regex, method, callback)
        for path, regex, method, callback in endpoints
        if isinstance(callback.cls.schema, ApiSchema) and hasattr(getattr(callback.cls, method.lower(), None), "description")
    ]


def no_request(method: str, path: str, view: Any, original: Any) -> Any:
    """Return the original request: views are described without a mock request."""
    return original


def _header(name: str, description: str, statuses: list[int], type_: type = int) -> OpenApiParameter:
    return OpenApiParameter(name=name, type=type_, location="header", description=description, response=statuses or [0])


def _link(link: Link) -> dict[str, Any]:
    link_object: dict[str, Any] = {"operationId": link.operation_id}
    if link.parameters:
        link_object["parameters"] = link.parameters
    if link.request_body:
        link_object["requestBody"] = link.request_body
    return link_object


def _response(components: list[str]) -> OpenApiResponse:
    schemas = [component_ref(component) for component in components]
    return OpenApiResponse(
        response=schemas[0] if len(schemas) == 1 else {"anyOf": schemas},
        description=" ".join(COMPONENTS[component]["description"] for component in components),
    )
