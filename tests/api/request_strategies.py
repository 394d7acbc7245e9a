"""Hypothesis strategies for requests: each generates one part of a request and keeps the rest valid."""

from encodings.aliases import aliases
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from .raw_requests import FORM, JSON, MULTIPART, RawRequest
from .value_strategies import any_bytes, any_form, any_json, any_multipart, any_number, any_parameters, any_time, any_value

HEADERS = ["X-User-Id", "X-Auth-Token", "Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie", "Origin"]
HEADERS += ["Content-Type", "Content-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Referer", "User-Agent"]
HEADERS += ["X-Forwarded-For", "X-Forwarded-Host", "X-Http-Method-Override", "X-Requested-With", "X-Anything"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
POSTED = [
    "login",
    "login",
    "login",
    "logout",
    *(f"users.{verb}PersonalAccessToken" for verb in ("generate", "regenerate", "remove")),
]
NAMES = ["statistics", "statistics.list", "me", "info", "schema", "users.getPersonalAccessTokens", *POSTED]
CHARSETS = sorted({*aliases, *aliases.values(), "no-such-codec", "", "undefined", "idna", "punycode", "x" * 300})

Requests = st.SearchStrategy[RawRequest]


def parameter(name: str, path: str, values: st.SearchStrategy[bytes]) -> Requests:
    """Return requests with any value of a query parameter, percent-encoded or raw."""
    escaped = st.one_of(values, values, values, any_bytes).map(lambda value: quote_from_bytes(value).encode())
    return st.one_of(escaped, escaped, escaped, any_bytes).map(
        lambda value: RawRequest(path=f"/api/v1/{path}".encode(), query=name.encode() + b"=" + value)
    )


def body(names: list[str], media_types: st.SearchStrategy[bytes], values: st.SearchStrategy[bytes]) -> Requests:
    """Return POST requests with any of these bodies and media types."""
    return st.builds(
        lambda name, kind, value: RawRequest("POST", f"/api/v1/{name}".encode(), headers=(("Content-Type", kind),), body=value),
        st.sampled_from(names),
        media_types,
        values,
    )


_kinds = st.sampled_from([JSON, FORM, MULTIPART, b"multipart/form-data", b""])
any_content_type = st.one_of(
    st.builds(lambda kind, charset: kind + b"; charset=" + charset.encode(), _kinds, st.sampled_from(CHARSETS)),
    st.builds(lambda kind, more: kind + more, _kinds, any_bytes),
    st.builds(lambda kind, parameters: kind + b";" + parameters, _kinds, any_parameters),
)
any_query_string = st.builds(
    lambda name, query: RawRequest(path=f"/api/v1/{name}".encode(), query=query), st.sampled_from(NAMES), any_value
)
any_header = st.builds(
    lambda method, name, header, value: RawRequest(method, f"/api/v1/{name}".encode(), headers=((header, value),)),
    st.sampled_from(METHODS),
    st.sampled_from(NAMES),
    st.sampled_from(HEADERS),
    any_value,
)
any_path = st.builds(
    lambda method, head, tail: RawRequest(method, b"/api/" + head + quote_from_bytes(tail, safe="/;=@").encode()),
    st.sampled_from(METHODS),
    st.sampled_from([b"", b"v1/", b"v1/me", b"v1/statistics", b"v1/statistics/", b"v2/", b"info"]),
    any_value,
)

KINDS: dict[str, Requests] = {
    **{name: parameter(name, "statistics.list", any_json) for name in ("sort", "fields", "query")},
    **{name: parameter(name, "statistics.list", any_time) for name in ("since", "until")},
    **{name: parameter(name, "statistics.list", any_number) for name in ("offset", "count")},
    "refresh": parameter("refresh", "statistics", st.sampled_from([b"true", b"True", b"1", b"0", b"TRUE", b"1 ", b"on"])),
    "query string": any_query_string,
    "header": any_header,
    "path": any_path,
    "JSON": body(POSTED, st.just(JSON), any_json),
    "form": body(POSTED, st.just(FORM), any_form),
    "multipart": body(POSTED, st.just(MULTIPART), any_multipart),
    "content type": body(POSTED, any_content_type, st.one_of(any_json, any_form)),
}
