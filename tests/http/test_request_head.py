"""What is put around Django: it changes what a request's head costs, and never what it says."""

import asyncio
from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest
from django.core.handlers.wsgi import get_path_info
from hypothesis import given, settings
from hypothesis import strategies as st

from statistics_app.http.request_head import LONGEST_COOKIE, MOST_BACKSLASHES, sanitized, sanitized_asgi

DEAR = ["a" * (LONGEST_COOKIE + 1), 'a="' + "\\" * (MOST_BACKSLASHES + 1) + '"']
BOUNDARY = "boundary=" + "x" * 80
CONTENT_TYPES = {
    "": "",
    "application/json": "application/json",
    "application/json; charset=hex": "application/json",
    f"application/json; charset={'x' * 5000}; a=b": "application/json",
    "application/json; a*=nosuch''x": "application/json",
    ";a*=;a*1=": "",
    "multipart/form-data; boundary=x; Charset=utf-7": "multipart/form-data; boundary=x",
    f"multipart/form-data; a=b; {BOUNDARY}; boundary=y": f"multipart/form-data; {BOUNDARY}",
    'multipart/form-data;Boundary="x y"': 'multipart/form-data;Boundary="x y"',
    "multipart/form-data; boundary*=x": "multipart/form-data",
    f"multipart/form-data; {BOUNDARY}{BOUNDARY}": "multipart/form-data",
}


def heard(environ: WSGIEnvironment) -> WSGIEnvironment:
    """Return what an application within is given."""
    given: list[WSGIEnvironment] = []
    list(sanitized(lambda inner, _: given.append(inner) or [])(environ, lambda *_: lambda _: None))
    return given[0]


def heard_by_asgi(**headers: str) -> list[tuple[bytes, bytes]]:
    """Return the headers that an application within is given."""
    given: list[dict[str, Any]] = []

    async def within(scope: dict[str, Any], receive: Any, send: Any) -> None:
        given.append(scope)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(sanitized_asgi(within)({"type": "http", "headers": raw}, None, None))
    return given[0]["headers"]


@pytest.mark.parametrize(("sent", "kept"), CONTENT_TYPES.items(), ids=range(len(CONTENT_TYPES)))
def test_a_content_type_keeps_what_matters(sent: str, kept: str) -> None:
    assert heard({"CONTENT_TYPE": sent})["CONTENT_TYPE"] == kept
    assert heard_by_asgi(Content_Type=sent) == [(b"content-type", kept.encode())]


@pytest.mark.parametrize("cookie", ["a=b", "a" * LONGEST_COOKIE, "\\" * MOST_BACKSLASHES])
def test_a_cookie_of_usual_size_is_kept(cookie: str) -> None:
    assert heard({"HTTP_COOKIE": cookie})["HTTP_COOKIE"] == cookie
    assert heard_by_asgi(cookie=cookie, accept="x") == [(b"accept", b"x"), (b"cookie", cookie.encode())]


@pytest.mark.parametrize("cookie", DEAR, ids=["long", "backslashes"])
def test_a_dear_cookie_is_not_parsed_but_still_a_header(cookie: str) -> None:
    inner = heard({"HTTP_COOKIE": cookie})
    assert "HTTP_COOKIE" not in inner
    assert cookie in inner.values()
    assert heard_by_asgi(Cookie=cookie) == [(b"cookie-unread", cookie.encode())]


def test_what_is_no_request_passes_through_asgi_unchanged() -> None:
    given: list[dict[str, Any]] = []

    async def within(scope: dict[str, Any], receive: Any, send: Any) -> None:
        given.append(scope)

    asyncio.run(sanitized_asgi(within)({"type": "lifespan"}, None, None))
    assert given == [{"type": "lifespan"}]


@settings(derandomize=True, database=None, deadline=None, max_examples=500)
@given(
    st.one_of(st.binary(), st.lists(st.sampled_from([b"/", b"a", b"\xff", b"\xed\xa0\x80", b"\xc3\xa9", b"%"])).map(b"".join))
)
def test_django_reads_the_same_path(path: bytes) -> None:
    environ = {"PATH_INFO": path.decode("latin-1")}
    assert get_path_info(heard(dict(environ))) == get_path_info(environ)
