"""Read what a request says, and refuse what is no text."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from ..exceptions import ParameterError
from .parsers import require_escaped_text, require_text


def reject_malformed(request: HttpRequest) -> None:
    """Refuse NUL and anything but UTF-8 in the headers and the query string; errors: ParameterError, naming where."""
    for name, value in request.META.items():
        if name.startswith("HTTP_") and isinstance(value, str):
            require_text(value.encode("latin-1", "replace"), f"The header {name[5:].replace('_', '-').title()}")
    # Raw bytes, as WSGI hands them on.
    require_escaped_text(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"), "The query string")


def request_body(data: Any) -> Mapping[str, Any]:
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


def text_value(body: Mapping[str, Any], name: str) -> str:
    """Return an entry that has to be a text with something in it; errors: ParameterError."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ParameterError(f"'{name}' is needed, as a text.")
    return value
