"""Validation of requests: the encoding of headers and query strings, and the types of bodies and their values."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from ..exceptions import ParameterError
from .parsers import require_escaped_text, require_text


def reject_malformed(request: HttpRequest) -> None:
    """Reject NUL characters and invalid UTF-8 in the headers and the query string.

    Errors: ParameterError, which names the header or the query string.
    """
    for name, value in request.META.items():
        if name.startswith("HTTP_") and isinstance(value, str):
            require_text(value.encode("latin-1", "replace"), f"The header {name[5:].replace('_', '-').title()}")
    # WSGI represents the bytes of the query string as Latin-1.
    require_escaped_text(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"), "The query string")


def object_body(data: Any) -> Mapping[str, Any]:
    """Return a request's parsed body, which must be an object; no body and `null` count as an empty one.

    Errors: ParameterError.
    """
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ParameterError("The body must be a JSON object.")
    if any("\0" in value for value in data.values() if isinstance(value, str)):
        raise ParameterError("The body contains a NUL character.")
    return data


def required_text(body: Mapping[str, Any], name: str) -> str:
    """Return the value of a key that must be a non-empty string; errors: ParameterError."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ParameterError(f"'{name}' is required, as a non-empty string.")
    return value
