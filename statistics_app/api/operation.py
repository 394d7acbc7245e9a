"""What an operation says of itself for the schema, beside what its view already knows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Any])
JSONSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query string; `is_json` where its text is a JSON document."""

    name: str
    meaning: str
    shape: JSONSchema
    example: Any
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A call that can follow: its id, and what of this call and its answer goes into it."""

    operation: str
    parameters: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationDescription:
    """One operation: the component that it answers with, its parameters, and the component that its body has to be.

    `body_is_needed` is false where there need be none. `refused` is the component of a 401 where that is not the usual
    one; `also` are media types, other than JSON, that it can answer with; `links` are the calls that can follow.
    """

    summary: str
    answer: str
    parameters: tuple[Parameter, ...] = ()
    body: str = ""
    body_is_needed: bool = True
    refused: str = "NotLoggedIn"
    also: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def operation(summary: str, answer: str, **more: Any) -> Callable[[Handler], Handler]:
    """Attach a description to a view's method."""

    def attach(handler: Handler) -> Handler:
        handler.description = OperationDescription(summary, answer, **more)  # type: ignore[attr-defined]
        return handler

    return attach
