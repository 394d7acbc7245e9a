"""The most expensive known requests that are refused, each of the maximum length that the server or the API allows."""

from collections.abc import Iterator

from statistics_app.api.parsers import MAX_BODY_BYTES as BODY
from statistics_app.api.parsers import MAX_BRACKETS, MAX_MULTIPART_BYTES
from statistics_app.http.request_head import MAX_BACKSLASHES, MAX_COOKIE_LENGTH

from .raw_requests import FORM, JSON, MULTIPART, Headers, RawRequest

# The limits of the server are 65,534 bytes for the URL and about 400,000 for all headers.
URL, HEADER = 65_000, 400_000


def _filled(unit: bytes, length: int, before: bytes = b"", after: bytes = b"") -> bytes:
    """Repeat a unit between `before` and `after` as often as the length allows."""
    return before + unit * ((length - len(before) - len(after)) // len(unit)) + after


def _nested(opening: bytes, closing: bytes) -> bytes:
    """Return a list element that is nested almost as deeply as the parser allows."""
    return opening * 47 + b"[]" + closing * 47 + b","


JSONS = {
    "unclosed brackets": (b"[", b"", b""),
    "unclosed objects": (b'{"":', b"", b""),
    "deep lists": (_nested(b"[", b"]"), b"[", b"1]"),
    "deep objects": (_nested(b'{"":', b"}"), b"[", b"1]"),
    "empty lists": (b"[],", b"[", b"1]"),
    "empty objects": (b"{},", b"[", b"1]"),
    "brackets in a string": (b"[", b'["', b'"]'),
    "numbers": (b"1,", b"[", b"1]"),
    "the longest numbers": (b"7" * 4300 + b",", b"[", b"1]"),
    "an oversized number": (b"9", b"", b""),
    "a long fraction": (b"9", b"[0.", b"]"),
    "escapes": (rb"\u0041", b'["', b'"]'),
    "unpaired surrogates": (rb"\ud800", b'["', b'"]'),
    "strings": (b'"",', b"[", b"1]"),
}
PARTS = {
    "named parts": b"--x\r\nContent-Disposition:form-data;name=a\r\n\r\n\r\n",
    "parts without a name": b"--x\r\n\r\n\r\n",
    "boundaries": b"--x",
    "files": b"--x\r\nContent-Disposition:form-data;name=a;filename=b\r\n\r\n\r\n",
    "headers of quotes": b'--x\r\na:;"' + b";" * 960 + b"\r\n\r\n\r\n",
    "headers of parameters": b"--x\r\na:b" + b";a=b" * 240 + b"\r\n\r\n\r\n",
    "headers": b"--x\r\n" + b"a:b\r\n" * 200 + b"\r\n",
}
FORMS = {
    "fields": b"a&",
    "escapes": b"%41",
    "incomplete escapes": b"%4",
    "escapes of invalid UTF-8": b"%80",
    "escapes of UTF-8": b"%C3%A9",
    "percent signs": b"%",
    "wide fields": b"%41" * 20 + b"=1&",
}
LONG_TEXTS = {"digits": b"1", "escapes": b"%31", "escapes of UTF-8": b"%C3%A9", "percent signs": b"%", "spaces": b"+"}


def _bodies() -> Iterator[tuple[str, RawRequest]]:
    for name, (unit, before, after) in JSONS.items():
        yield f"JSON body: {name}", _post(JSON, _filled(unit, BODY, before, after))
    keys = ",".join(f'"{number:x}":1' for number in range(BODY // 10))
    yield "JSON body: keys", _post(JSON, f"{{{keys}}}".encode())
    lists = _filled(_nested(b"[", b"]"), MAX_BRACKETS * 2, b"[")
    yield "JSON body: accepted lists and numbers", _post(JSON, _filled(b"1,", BODY, lists, b"1]"))
    for name, part in PARTS.items():
        yield f"multipart: {name}", _post(MULTIPART, _filled(part, MAX_MULTIPART_BYTES, after=b"--x--\r\n"))
    for name, unit in FORMS.items():
        yield f"form: {name}", _post(FORM, _filled(unit, BODY, b"user="))
        yield f"form: {name}, 1,000 at most", _post(FORM, b"&".join([_filled(unit, 64, b"a=")] * 990))
    for media_type in (JSON, FORM, MULTIPART):
        yield f"10 MB as {media_type.decode()}", _post(media_type, b"[" * 10_000_000)


def _post(media_type: bytes, body: bytes, path: bytes = b"/api/v1/login") -> RawRequest:
    return RawRequest("POST", path, headers=(("Content-Type", media_type),), body=body)


def _parameters(credentials: Headers) -> Iterator[tuple[str, RawRequest]]:
    for parameter in ("sort", "fields", "query"):
        begin = parameter.encode() + b"="
        for name, (unit, before, after) in JSONS.items():
            yield f"{parameter}: {name}", _get(_filled(unit, URL, begin + before, after), credentials)
        operators = ",".join(f'"$gt{number:x}":1' for number in range(5500))
        yield f"{parameter}: operators", _get(begin + f'{{"createdAt":{{{operators}}}}}'.encode(), credentials)
    for parameter in ("since", "until", "offset", "count", "refresh"):
        path = b"statistics" if parameter == "refresh" else b"statistics.list"
        for name, unit in LONG_TEXTS.items():
            yield f"{parameter}: {name}", _get(_filled(unit, URL, parameter.encode() + b"="), credentials, path)
        moment = parameter.encode() + b"=2026-01-01T00:00:00."
        yield f"{parameter}: a long fraction", _get(_filled(b"1", URL, moment), credentials, path)
    yield "query string: fields", _get(_filled(b"a&", URL), credentials)
    yield "query string: 1,000 fields", _get(b"&".join([b"count=" + b"%41" * 19] * 990), credentials)
    yield "query string: NUL at the end", _get(_filled(b"%41", URL, after=b"%00"), credentials)


def _get(query: bytes, credentials: Headers, path: bytes = b"statistics.list") -> RawRequest:
    return RawRequest(path=b"/api/v1/" + path, query=query, headers=credentials)


def _headers(credentials: Headers) -> Iterator[tuple[str, RawRequest]]:
    (id_name, user_id), (token_name, token) = credentials
    long = _filled(b"a", HEADER)
    yield "X-User-Id: long", RawRequest(headers=((id_name, long), (token_name, token)))
    yield "X-Auth-Token: long", RawRequest(headers=((id_name, user_id), (token_name, long)))
    yield "any header: NUL at the end", RawRequest(headers=(*credentials, ("X-Anything", long + b"\0")))
    yield "any header: invalid UTF-8 at the end", RawRequest(headers=(*credentials, ("X-Anything", long + b"\xff")))
    commas = (("Content-Type", JSON), ("X-Forwarded-For", b"," * HEADER))
    yield "X-Forwarded-For: commas", RawRequest("POST", b"/api/v1/login", headers=commas, body=b'{"resume":"nobody"}')
    for name, unit in {"semicolons": b";", "names": b"a;", "pairs": b"a=b;", "octals": rb"\101"}.items():
        yield f"Cookie: {name}", RawRequest(headers=(("Cookie", _filled(unit, HEADER, b'a="', b'"')),))
    # Django itself would parse these two in quadratic time, which is minutes at this length.
    yield "Cookie: quoted backslashes", RawRequest(headers=(("Cookie", _filled(b"\\", HEADER, b'a="', b'"')),))
    yield "Content-Type: semicolons in quotes", _post(_filled(b";", HEADER, b'text/plain;a="'), b"{}")
    for name, unit in {"backslashes": b"\\", "quotes": rb"\"", "octals": rb"\101"}.items():
        escaped = unit * (MAX_BACKSLASHES // unit.count(b"\\"))
        yield (
            f"Cookie: accepted {name}",
            RawRequest(headers=(("Cookie", _filled(b"a", MAX_COOKIE_LENGTH, b'a="' + escaped, b'"')),)),
        )
    yield "Cookie: accepted names", RawRequest(headers=(("Cookie", _filled(b"a;", MAX_COOKIE_LENGTH)),))
    for name, unit in {"dots": b"a.", "colons": b":", "brackets": b"["}.items():
        yield f"Host: {name}", RawRequest(headers=(("Host", _filled(unit, HEADER)),))
    yield "Content-Type: semicolons", _post(_filled(b";", HEADER, b"text/plain"), b"{}")
    yield "Content-Type: parameters", _post(_filled(b";a=b", HEADER, b"text/plain"), b"{}")
    yield "Content-Type: long", _post(long, b"{}")


def _paths() -> Iterator[tuple[str, RawRequest]]:
    for name, unit in {"slashes": b"/", "letters": b"a", "invalid UTF-8": b"%FF", "surrogates": b"%ED%A0%80"}.items():
        yield f"path: {name}", RawRequest(path=_filled(unit, URL, b"/api/v1/"))


def expensive_requests(credentials: Headers) -> dict[str, RawRequest]:
    """Return all requests by name; the credentials are for those that have to pass authentication."""
    return dict([*_bodies(), *_parameters(credentials), *_headers(credentials), *_paths()])
