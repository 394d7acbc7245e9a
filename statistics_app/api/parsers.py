"""Parsers of request bodies: JSON, URL-encoded and multipart forms, in UTF-8 and of limited size."""

import json
import re
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from ..exceptions import ParameterError

MAX_DEPTH = 50
# Creating many lists and objects triggers the garbage collector, which traverses all objects of the process.
MAX_BRACKETS = 1_000
# No operation needs more, and rejecting a request should be cheap.
MAX_BODY_BYTES = 65_536
# Multipart forms are the most expensive bodies to parse.
MAX_MULTIPART_BYTES = 16_384
# The percent-encoded bytes that can be a NUL character or make the text invalid UTF-8; all others are ASCII.
_NUL_OR_NON_ASCII = re.compile(rb"%(00|[89A-Fa-f][0-9A-Fa-f])")


class StrictJSONParser(BaseParser):
    """A parser of standard JSON in UTF-8; it rejects NaN, NUL characters, unpaired surrogates and deep nesting."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the document; errors: ParseError, RequestDataTooBig."""
        try:
            return strict_json(_read_limited(stream))
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error


class StrictFormParser(BaseParser):
    """A parser of URL-encoded forms in UTF-8."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> QueryDict:
        """Return the fields; errors: ParameterError, RequestDataTooBig."""
        raw = _read_limited(stream)
        require_escaped_text(raw, "The body")
        return QueryDict(raw, encoding="utf-8")


class StrictMultiPartParser(MultiPartParser):
    """A parser of multipart forms; the size limit is applied to the `Content-Length` header."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the fields; errors: ParseError, RequestDataTooBig."""
        _require_size(_content_length(parser_context["request"]), MAX_MULTIPART_BYTES)
        # The charset that a client declares is ignored, as for all bodies.
        try:
            return super().parse(stream, media_type, {**parser_context, "encoding": "utf-8"})
        except (TypeError, ValueError) as error:
            # Django parses the headers of parts with the standard library, where some raise these errors.
            raise ParseError("A part of the body has an invalid header.") from error


def strict_json(text: str | bytes) -> Any:
    """Parse JSON in UTF-8 (the standard library also accepts UTF-16). Errors: ValueError, whose message states the reason."""
    try:
        text = text.decode() if isinstance(text, bytes) else text
        if text.count("[") + text.count("{") > MAX_BRACKETS:
            raise ValueError("it contains too many brackets.")
        document = json.loads(text, parse_constant=_reject_constant)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8.") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply.") from error
    _reject_invalid_values(document, MAX_DEPTH)
    return document


def require_text(raw: bytes, where: str) -> None:
    """Reject NUL characters and invalid UTF-8. Errors: ParameterError, whose message begins with `where`."""
    if b"\0" in raw:
        raise ParameterError(f"{where} contains a NUL character.")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise ParameterError(f"{where} is not UTF-8.") from error


def require_escaped_text(raw: bytes, where: str) -> None:
    """Do the same as `require_text` for percent-encoded text."""
    require_text(_NUL_OR_NON_ASCII.sub(lambda escape: bytes.fromhex(escape[1].decode()), raw), where)


def _read_limited(stream: Any) -> bytes:
    raw = stream.read(_effective_limit(MAX_BODY_BYTES) + 1)
    _require_size(len(raw), MAX_BODY_BYTES)
    return raw


def _require_size(size: int, limit: int) -> None:
    if size > _effective_limit(limit):
        raise RequestDataTooBig("The body is too large.")


def _effective_limit(limit: int) -> int:
    """Return the limit, or the host's DATA_UPLOAD_MAX_MEMORY_SIZE if that is lower."""
    return min(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or limit, limit)


def _content_length(request: Request) -> int:
    value = str(request.META.get("CONTENT_LENGTH") or 0)
    return int(value) if value.isdecimal() else 0


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not valid JSON.")


def _reject_invalid_values(value: Any, depth: int) -> None:
    """Reject strings that a database cannot store, and nesting deeper than `depth`. Errors: ValueError."""
    if depth == 0:
        raise ValueError("it is nested too deeply.")
    if isinstance(value, str):
        _reject_invalid_text(value)
    elif isinstance(value, dict):
        _reject_invalid_values([*value.keys(), *value.values()], depth)
    elif isinstance(value, list):
        for inner in value:
            _reject_invalid_values(inner, depth - 1)


def _reject_invalid_text(text: str) -> None:
    if "\0" in text:
        raise ValueError("it contains a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it contains an unpaired surrogate.") from None
