"""The middleware for a request's head: it limits the cost of parsing the head, and never changes its meaning."""

import asyncio
from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest
from django.core.handlers.wsgi import get_path_info
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from statistics_app.http.request_head import MAX_BACKSLASHES, MAX_COOKIE_LENGTH, sanitized, sanitized_asgi

EXPENSIVE_COOKIES = ["a" * (MAX_COOKIE_LENGTH + 1), 'a="' + "\\" * (MAX_BACKSLASHES + 1) + '"']
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


def received(environ: WSGIEnvironment) -> WSGIEnvironment:
    """Return the environ that the wrapped application receives."""
    environs: list[WSGIEnvironment] = []
    list(sanitized(lambda inner, _: environs.append(inner) or [])(environ, lambda *_: lambda _: None))
    return environs[0]


def received_by_asgi(**headers: str) -> list[tuple[bytes, bytes]]:
    """Return the headers that the wrapped ASGI application receives; in names, underscores stand for hyphens."""
    return received_by_asgi_raw([(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()])


def received_by_asgi_raw(raw: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the same for headers as they are sent."""
    scopes: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scopes.append(scope)

    asyncio.run(sanitized_asgi(application)({"type": "http", "headers": raw}, None, None))
    return [header for header in scopes[0]["headers"] if header[0] != b"host"]


@pytest.mark.parametrize(("sent", "kept"), CONTENT_TYPES.items(), ids=range(len(CONTENT_TYPES)))
def test_a_content_type_keeps_its_media_type_and_boundary(sent: str, kept: str) -> None:
    assert received({"CONTENT_TYPE": sent})["CONTENT_TYPE"] == kept
    assert received_by_asgi(Content_Type=sent) == [(b"content-type", kept.encode())]


@pytest.mark.parametrize(
    ("allowed", "host"),
    [(["a.example", "b.example"], "a.example"), (["*"], "localhost"), (["*", ".b.example"], "b.example"), ([], "localhost")],
)
def test_a_request_without_a_host_is_for_the_first_allowed_one(settings: Settings, allowed: list[str], host: str) -> None:
    settings.ALLOWED_HOSTS = allowed
    assert received({})["HTTP_HOST"] == received({"HTTP_HOST": ""})["HTTP_HOST"] == host
    assert received({"HTTP_HOST": "x"})["HTTP_HOST"] == "x"


@pytest.mark.parametrize("cookie", ["a=b", "a" * MAX_COOKIE_LENGTH, "\\" * MAX_BACKSLASHES])
def test_a_cookie_within_the_limits_is_kept(cookie: str) -> None:
    assert received({"HTTP_COOKIE": cookie})["HTTP_COOKIE"] == cookie
    assert received_by_asgi(cookie=cookie, accept="x") == [(b"accept", b"x"), (b"cookie", cookie.encode())]


@pytest.mark.parametrize("cookie", EXPENSIVE_COOKIES, ids=["long", "backslashes"])
def test_an_expensive_cookie_is_not_parsed_but_kept_as_a_header(cookie: str) -> None:
    inner = received({"HTTP_COOKIE": cookie})
    assert "HTTP_COOKIE" not in inner
    assert cookie in inner.values()
    assert received_by_asgi(Cookie=cookie) == [(b"cookie-unread", cookie.encode())]


def test_an_asgi_header_with_an_underscore_is_dropped() -> None:
    forged = [(b"X_Forwarded_For", b"6.6.6.6"), (b"x-forwarded_for", b"6.6.6.6")]
    assert received_by_asgi_raw([*forged, (b"X-Forwarded-For", b"1.1.1.1")]) == [(b"x-forwarded-for", b"1.1.1.1")]


def test_an_asgi_scope_that_is_not_http_is_passed_unchanged() -> None:
    scopes: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scopes.append(scope)

    asyncio.run(sanitized_asgi(application)({"type": "lifespan"}, None, None))
    assert scopes == [{"type": "lifespan"}]


@hypothesis_settings(derandomize=True, database=None, deadline=None, max_examples=500)
@given(
    st.one_of(st.binary(), st.lists(st.sampled_from([b"/", b"a", b"\xff", b"\xed\xa0\x80", b"\xc3\xa9", b"%"])).map(b"".join))
)
def test_django_reads_the_same_path(path: bytes) -> None:
    environ = {"PATH_INFO": path.decode("latin-1")}
    assert get_path_info(received(dict(environ))) == get_path_info(environ)
