"""Read what a request says, and refuse what is no text, no JSON, or no value that a parameter may have."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from ..exceptions import ParameterError

_TRUE = {"true", "True", "1"}
_FALSE = {"false", "False", "0"}
MAX_DEPTH = 50


class StrictJSONParser(BaseParser):
    """JSON as the standard has it, in UTF-8: no NaN, no NUL, no half characters, no towers of brackets."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the document; errors: ParseError, RequestDataTooBig."""
        try:
            return strict_json(_limited(stream))
        except ValueError as error:
            raise ParseError(f"The body is not usable JSON: {error}") from error


class StrictFormParser(BaseParser):
    """A form as browsers send it, in UTF-8."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> QueryDict:
        """Return the fields; errors: ParameterError, RequestDataTooBig."""
        raw = _limited(stream)
        _require_text(unquote_to_bytes(raw.replace(b"+", b" ")), "The body")
        return QueryDict(raw, encoding="utf-8")


def strict_json(text: str | bytes) -> Any:
    """Parse JSON in UTF-8 (Python would take UTF-16 too); errors: ValueError, with what is wrong."""
    try:
        document = json.loads(text.decode() if isinstance(text, bytes) else text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8.") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply.") from error
    _refuse_odd_values(document, MAX_DEPTH)
    return document


def refuse_malformed(request: HttpRequest) -> None:
    """Refuse NUL and anything but UTF-8 in the headers and the query string; errors: ParameterError, naming where."""
    for name, value in request.META.items():
        if name.startswith("HTTP_") and isinstance(value, str):
            _require_text(value.encode("latin-1", "replace"), f"The header {name[5:].replace('_', '-').title()}")
    # Raw bytes, as WSGI hands them on.
    query = request.META.get("QUERY_STRING", "").replace("+", " ").encode("latin-1", "replace")
    _require_text(unquote_to_bytes(query), "The query string")


def body_of(data: Any) -> Mapping[str, Any]:
    """Return a request's parsed body if it is an object; nothing and `null` are an empty one.

    Errors: ParameterError.
    """
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ParameterError("The body has to be a JSON object.")
    if any("\0" in value for value in data.values() if isinstance(value, str)):
        raise ParameterError("The body holds a NUL character.")
    return data


def flag(parameters: Mapping[str, str], name: str) -> bool:
    """Read a parameter that is true or false; absent is false; errors: ParameterError."""
    value = parameters.get(name)
    if value is None or value in _FALSE:
        return False
    if value in _TRUE:
        return True
    raise ParameterError(f"'{name}' has to be true or false, not '{_shortened(value)}'.")


def whole_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number of 0 or more; errors: ParameterError."""
    value = parameters.get(name)
    if value is None:
        return default
    # Eighteen digits always fit into a database's integer.
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise ParameterError(f"'{name}' has to be a whole number of 0 or more, not '{_shortened(value)}'.")
    return int(value)


def moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    """Read an ISO 8601 time with its zone; errors: ParameterError."""
    value = parameters.get(name)
    return None if value is None else parse_moment(value, f"'{name}'")


def parse_moment(value: Any, where: str, error_type: str = "error-invalid-params") -> datetime:
    """Read a time with its zone out of a text; errors: ParameterError."""
    try:
        parsed = parse_datetime(value) if isinstance(value, str) else None
        if parsed is not None and parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ParameterError(
        f"{where} has to be a time such as 2018-02-24T13:13:00.236Z, not '{_shortened(str(value))}'.",
        error_type=error_type,
    )


def _limited(stream: Any) -> bytes:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    raw = stream.read() if most is None else stream.read(most + 1)
    if most is not None and len(raw) > most:
        raise RequestDataTooBig("The body is too large.")
    return raw


def _require_text(raw: bytes, where: str) -> None:
    if b"\0" in raw:
        raise ParameterError(f"{where} holds a NUL character.")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise ParameterError(f"{where} is not UTF-8.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON.")


def _refuse_odd_values(value: Any, depth: int) -> None:
    """Refuse strings that no database can store, and nesting beyond any use."""
    if depth == 0:
        raise ValueError("it is nested too deeply.")
    if isinstance(value, str):
        _refuse_odd_text(value)
    elif isinstance(value, dict):
        _refuse_odd_values([*value.keys(), *value.values()], depth)
    elif isinstance(value, list):
        for inner in value:
            _refuse_odd_values(inner, depth - 1)


def _refuse_odd_text(text: str) -> None:
    if "\0" in text:
        raise ValueError("it holds a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character.") from None


def _shortened(value: str, length: int = 60) -> str:
    return value if len(value) <= length else f"{value[:length]}…"
