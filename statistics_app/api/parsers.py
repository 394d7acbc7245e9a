"""What bodies may be: JSON, a form or a multipart form, in UTF-8 and not large."""

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
# Many lists and objects would call the garbage collector up, which looks at the whole process.
MAX_BRACKETS = 1_000
# No call has use for more, and what is refused should cost little.
MAX_BODY_BYTES = 65_536
# Nothing costs more than to take a multipart form apart.
MAX_MULTIPART_BYTES = 16_384
# The escapes that decide whether a text has a NUL or is no UTF-8; all others are of ASCII.
_DECISIVE = re.compile(rb"%(00|[89A-Fa-f][0-9A-Fa-f])")


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
        require_escaped_text(raw, "The body")
        return QueryDict(raw, encoding="utf-8")


class StrictMultiPartParser(MultiPartParser):
    """A multipart form that says its length."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the fields; errors: ParseError, RequestDataTooBig."""
        _require_size(_announced_bytes(parser_context["request"]), MAX_MULTIPART_BYTES)
        # What a client says of a charset does not matter, whether or not the server has looked at it.
        try:
            return super().parse(stream, media_type, {**parser_context, "encoding": "utf-8"})
        except (TypeError, ValueError) as error:
            # Django leaves a part's header to the standard library, which some of them make fail.
            raise ParseError("A part of the body has no usable header.") from error


def strict_json(text: str | bytes) -> Any:
    """Parse JSON in UTF-8 (Python would take UTF-16 too); errors: ValueError, with what is wrong."""
    try:
        text = text.decode() if isinstance(text, bytes) else text
        if text.count("[") + text.count("{") > MAX_BRACKETS:
            raise ValueError("it holds too many brackets.")
        document = json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8.") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply.") from error
    _refuse_odd_values(document, MAX_DEPTH)
    return document


def require_text(raw: bytes, where: str) -> None:
    """Refuse NUL and what is not UTF-8; errors: ParameterError, naming where."""
    if b"\0" in raw:
        raise ParameterError(f"{where} holds a NUL character.")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise ParameterError(f"{where} is not UTF-8.") from error


def require_escaped_text(raw: bytes, where: str) -> None:
    """Do the same for what has its bytes escaped by percent signs."""
    require_text(_DECISIVE.sub(lambda escape: bytes.fromhex(escape[1].decode()), raw), where)


def _limited(stream: Any) -> bytes:
    raw = stream.read(_or_less(MAX_BODY_BYTES) + 1)
    _require_size(len(raw), MAX_BODY_BYTES)
    return raw


def _require_size(size: int, most: int) -> None:
    if size > _or_less(most):
        raise RequestDataTooBig("The body is too large.")


def _or_less(most: int) -> int:
    return min(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or most, most)


def _announced_bytes(request: Request) -> int:
    announced = str(request.META.get("CONTENT_LENGTH") or 0)
    return int(announced) if announced.isdecimal() else 0


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
