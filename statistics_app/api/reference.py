"""The OpenAPI document laid out for people: one operation after the other, every reference followed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "object"}


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one entry of an object."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One call; `answers` are pairs of a status and what it means."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    needs_credentials: bool
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    answers: list[tuple[str, str]]


def reference_operations(document: dict[str, Any]) -> list[Operation]:
    """Lay out all operations, in the order of the document."""
    return [
        _operation(document, path, method, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def _operation(document: dict[str, Any], path: str, method: str, described: dict[str, Any]) -> Operation:
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described["summary"],
        description=described["description"],
        needs_credentials=bool(described.get("security")) and {} not in described["security"],
        parameters=[
            Field(parameter["name"], type_of(parameter.get("schema") or _shape(parameter)), parameter["description"])
            for parameter in described.get("parameters", [])
        ],
        body=list(_fields(document, _shape(described.get("requestBody", {})))),
        answer=list(_fields(document, _shape(described["responses"]["200"]))),
        answers=[(status, answer["description"]) for status, answer in described["responses"].items()],
    )


def type_of(shape: dict[str, Any]) -> str:
    """Say in words what a shape takes."""
    if "$ref" in shape:
        return "object"
    if "anyOf" in shape:
        return " or ".join(type_of(one) for one in shape["anyOf"])
    if "enum" in shape:
        return ", ".join(shape["enum"])
    if "const" in shape:
        return str(shape["const"]).lower() if isinstance(shape["const"], bool) else f"“{shape['const']}”"
    if "type" not in shape:
        return "any value"
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    return " or ".join(_kind(kind, shape) for kind in kinds)


def _kind(kind: str, shape: dict[str, Any]) -> str:
    if kind == "array":
        return f"list of {type_of(shape['items'])}s"
    return "time" if shape.get("format") == "date-time" and kind == "string" else _TYPES.get(kind, kind)


def _shape(described: dict[str, Any]) -> dict[str, Any]:
    content = described.get("content", {})
    return content["application/json"]["schema"] if content else {}


def _fields(document: dict[str, Any], shape: dict[str, Any], within: str = "") -> Iterator[Field]:
    """List the entries of an object, and after each the entries within it: `data`, `data.userId`, `tokens[].name`."""
    if "$ref" in shape:
        shape = document["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    for name, inner in shape.get("properties", {}).items():
        yield Field(f"{within}{name}", type_of(inner), inner.get("description", ""))
        yield from _fields(document, inner, f"{within}{name}.")
    if "items" in shape:
        yield from _fields(document, shape["items"], f"{within.removesuffix('.')}[].")
