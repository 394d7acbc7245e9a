"""The dearest requests that anybody has found which are refused: each as long as the server or the API lets it be."""

from collections.abc import Iterator

from statistics_app.api.parsers import MAX_BODY_BYTES as BODY
from statistics_app.api.parsers import MAX_BRACKETS, MAX_MULTIPART_BYTES
from statistics_app.http.request_head import LONGEST_COOKIE, MOST_BACKSLASHES

from .bare import FORM, JSON, MULTIPART, Bare, Headers

# What the server takes: a URL of 65,534 bytes, headers of some 400,000 together.
URL, HEADER = 65_000, 400_000


def _filled(unit: bytes, room: int, before: bytes = b"", after: bytes = b"") -> bytes:
    """Repeat a unit as often as there is room."""
    return before + unit * ((room - len(before) - len(after)) // len(unit)) + after


def _nested(opening: bytes, closing: bytes) -> bytes:
    """Make an element of a list as deep as JSON may be here."""
    return opening * 47 + b"[]" + closing * 47 + b","


JSONS = {
    "brackets without end": (b"[", b"", b""),
    "objects without end": (b'{"":', b"", b""),
    "deep lists": (_nested(b"[", b"]"), b"[", b"1]"),
    "deep objects": (_nested(b'{"":', b"}"), b"[", b"1]"),
    "empty lists": (b"[],", b"[", b"1]"),
    "empty objects": (b"{},", b"[", b"1]"),
    "brackets in a text": (b"[", b'["', b'"]'),
    "numbers": (b"1,", b"[", b"1]"),
    "the longest numbers": (b"7" * 4300 + b",", b"[", b"1]"),
    "a number too long": (b"9", b"", b""),
    "a long fraction": (b"9", b"[0.", b"]"),
    "escapes": (rb"\u0041", b'["', b'"]'),
    "half characters": (rb"\ud800", b'["', b'"]'),
    "texts": (b'"",', b"[", b"1]"),
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
    "half escapes": b"%4",
    "escapes of no UTF-8": b"%80",
    "escapes of UTF-8": b"%C3%A9",
    "percent signs": b"%",
    "wide fields": b"%41" * 20 + b"=1&",
}
LONG_TEXTS = {"digits": b"1", "escapes": b"%31", "escapes of UTF-8": b"%C3%A9", "percent signs": b"%", "blanks": b"+"}


def _bodies() -> Iterator[tuple[str, Bare]]:
    for name, (unit, before, after) in JSONS.items():
        yield f"JSON body: {name}", _posted(JSON, _filled(unit, BODY, before, after))
    keys = ",".join(f'"{number:x}":1' for number in range(BODY // 10))
    yield "JSON body: keys", _posted(JSON, f"{{{keys}}}".encode())
    lists = _filled(_nested(b"[", b"]"), MAX_BRACKETS * 2, b"[")
    yield "JSON body: lists and numbers that are read", _posted(JSON, _filled(b"1,", BODY, lists, b"1]"))
    for name, part in PARTS.items():
        yield f"multipart: {name}", _posted(MULTIPART, _filled(part, MAX_MULTIPART_BYTES, after=b"--x--\r\n"))
    for name, unit in FORMS.items():
        yield f"form: {name}", _posted(FORM, _filled(unit, BODY, b"user="))
        yield f"form: {name}, 1,000 at most", _posted(FORM, b"&".join([_filled(unit, 64, b"a=")] * 990))
    for media_type in (JSON, FORM, MULTIPART):
        yield f"10 MB as {media_type.decode()}", _posted(media_type, b"[" * 10_000_000)


def _posted(media_type: bytes, body: bytes, path: bytes = b"/api/v1/login") -> Bare:
    return Bare("POST", path, headers=(("Content-Type", media_type),), body=body)


def _parameters(credentials: Headers) -> Iterator[tuple[str, Bare]]:
    for parameter in ("sort", "fields", "query"):
        begin = parameter.encode() + b"="
        for name, (unit, before, after) in JSONS.items():
            yield f"{parameter}: {name}", _asked(_filled(unit, URL, begin + before, after), credentials)
        operators = ",".join(f'"$gt{number:x}":1' for number in range(5500))
        yield f"{parameter}: operators", _asked(begin + f'{{"createdAt":{{{operators}}}}}'.encode(), credentials)
    for parameter in ("since", "until", "offset", "count", "refresh"):
        path = b"statistics" if parameter == "refresh" else b"statistics.list"
        for name, unit in LONG_TEXTS.items():
            yield f"{parameter}: {name}", _asked(_filled(unit, URL, parameter.encode() + b"="), credentials, path)
        moment = parameter.encode() + b"=2026-01-01T00:00:00."
        yield f"{parameter}: a long fraction", _asked(_filled(b"1", URL, moment), credentials, path)
    yield "query string: fields", _asked(_filled(b"a&", URL), credentials)
    yield "query string: 1,000 fields", _asked(b"&".join([b"count=" + b"%41" * 19] * 990), credentials)
    yield "query string: NUL at the end", _asked(_filled(b"%41", URL, after=b"%00"), credentials)


def _asked(query: bytes, credentials: Headers, path: bytes = b"statistics.list") -> Bare:
    return Bare(path=b"/api/v1/" + path, query=query, headers=credentials)


def _headers(credentials: Headers) -> Iterator[tuple[str, Bare]]:
    (id_name, user_id), (token_name, token) = credentials
    long = _filled(b"a", HEADER)
    yield "X-User-Id: long", Bare(headers=((id_name, long), (token_name, token)))
    yield "X-Auth-Token: long", Bare(headers=((id_name, user_id), (token_name, long)))
    yield "any header: NUL at the end", Bare(headers=(*credentials, ("X-Anything", long + b"\0")))
    yield "any header: no UTF-8 at the end", Bare(headers=(*credentials, ("X-Anything", long + b"\xff")))
    commas = (("Content-Type", JSON), ("X-Forwarded-For", b"," * HEADER))
    yield "X-Forwarded-For: commas", Bare("POST", b"/api/v1/login", headers=commas, body=b'{"resume":"nobody"}')
    for name, unit in {"semicolons": b";", "names": b"a;", "pairs": b"a=b;", "octals": rb"\101"}.items():
        yield f"Cookie: {name}", Bare(headers=(("Cookie", _filled(unit, HEADER, b'a="', b'"')),))
    # Left to Django, the cost of these two would grow with the square of the length: to minutes.
    yield "Cookie: quoted backslashes", Bare(headers=(("Cookie", _filled(b"\\", HEADER, b'a="', b'"')),))
    yield "Content-Type: semicolons in quotes", _posted(_filled(b";", HEADER, b'text/plain;a="'), b"{}")
    for name, unit in {"backslashes": b"\\", "quotes": rb"\"", "octals": rb"\101"}.items():
        escaped = unit * (MOST_BACKSLASHES // unit.count(b"\\"))
        yield (
            f"Cookie: {name} that are read",
            Bare(headers=(("Cookie", _filled(b"a", LONGEST_COOKIE, b'a="' + escaped, b'"')),)),
        )
    yield "Cookie: names that are read", Bare(headers=(("Cookie", _filled(b"a;", LONGEST_COOKIE)),))
    for name, unit in {"dots": b"a.", "colons": b":", "brackets": b"["}.items():
        yield f"Host: {name}", Bare(headers=(("Host", _filled(unit, HEADER)),))
    yield "Content-Type: semicolons", _posted(_filled(b";", HEADER, b"text/plain"), b"{}")
    yield "Content-Type: parameters", _posted(_filled(b";a=b", HEADER, b"text/plain"), b"{}")
    yield "Content-Type: long", _posted(long, b"{}")


def _paths() -> Iterator[tuple[str, Bare]]:
    for name, unit in {"slashes": b"/", "letters": b"a", "no UTF-8": b"%FF", "half characters": b"%ED%A0%80"}.items():
        yield f"path: {name}", Bare(path=_filled(unit, URL, b"/api/v1/"))


def worst(credentials: Headers) -> dict[str, Bare]:
    """Name them all; the credentials are for those that have to get past the door."""
    return dict([*_bodies(), *_parameters(credentials), *_headers(credentials), *_paths()])
