"""Descriptions of the API's operations for the OpenAPI document, attached to the methods of views by a decorator."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Any])
JSONSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter; `is_json` if its value is a JSON document."""

    name: str
    description: str
    schema: JSONSchema
    example: Any
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An OpenAPI link to a following operation.

    `parameters` and `request_body` are runtime expressions that take values from this operation's request and response.
    """

    operation_id: str
    parameters: dict[str, str] = field(default_factory=dict)
    request_body: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationDescription:
    """The description of one operation.

    `response`, `request_body` and `unauthorized` name the schema components of the 200 (none if that is never JSON), of the
    request body (none if empty) and of the 401. `other_media_types` are those of a 200 besides JSON. `links` lead to operations
    that can follow. With `is_conditional`, a 304 says that what the client has is still the newest.
    """

    summary: str
    response: str
    parameters: tuple[Parameter, ...] = ()
    request_body: str = ""
    is_body_required: bool = True
    unauthorized: str = "NotLoggedIn"
    other_media_types: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    is_conditional: bool = False


def operation(summary: str, response: str, **details: Any) -> Callable[[Handler], Handler]:
    """Return a decorator that attaches an `OperationDescription` to a view's method."""

    def attach(handler: Handler) -> Handler:
        handler.description = OperationDescription(summary, response, **details)  # type: ignore[attr-defined]
        return handler

    return attach
