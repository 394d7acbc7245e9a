"""The content of the page `/api/v1/docs`: the operations of the OpenAPI document, with all references resolved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """A query parameter, or an entry of a request or response body."""

    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation; `response` lists the fields of a 200, `statuses` pairs each status with its description."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    needs_credentials: bool
    parameters: list[Field]
    body: list[Field]
    response: list[Field]
    statuses: list[tuple[str, str]]


def page_operations(document: dict[str, Any]) -> list[Operation]:
    """Return all operations, in the order of the document."""
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
            Field(parameter["name"], type_name(parameter.get("schema") or _content_schema(parameter)), parameter["description"])
            for parameter in described.get("parameters", [])
        ],
        body=list(_fields(document, _content_schema(described.get("requestBody", {})))),
        response=list(_fields(document, _content_schema(described["responses"]["200"]))),
        statuses=[(status, response["description"]) for status, response in described["responses"].items()],
    )


def type_name(schema: dict[str, Any]) -> str:
    """Return the type or the values that a schema allows, in words."""
    if "$ref" in schema:
        return "object"
    if "anyOf" in schema:
        return " or ".join(type_name(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join("null" if value is None else value for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"]).lower() if isinstance(schema["const"], bool) else f"“{schema['const']}”"
    if "type" not in schema:
        return "any value"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_single_type_name(type_, schema) for type_ in types)


def _single_type_name(type_: str, schema: dict[str, Any]) -> str:
    if type_ == "array":
        return f"array of {type_name(schema['items'])}"
    return "time" if schema.get("format") == "date-time" and type_ == "string" else type_


def _content_schema(described: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter's, body's or response's JSON content, or {} if there is none."""
    content = described.get("content", {})
    return content["application/json"]["schema"] if "application/json" in content else {}


def _fields(document: dict[str, Any], schema: dict[str, Any], prefix: str = "") -> Iterator[Field]:
    """Yield the entries of an object, each followed by its own entries: `data`, `data.userId`, `tokens[].name`."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, inner in schema.get("properties", {}).items():
        yield Field(f"{prefix}{name}", type_name(inner), inner.get("description", ""))
        yield from _fields(document, inner, f"{prefix}{name}.")
    if "items" in schema:
        yield from _fields(document, schema["items"], f"{prefix.removesuffix('.')}[].")
