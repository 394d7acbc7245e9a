"""Whatever is sent, the answer is JSON of the contract, and never the server's failure."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statistics_app import tokens
from statistics_app.api.parsers import MAX_BODY_BYTES
from tests.conftest import PASSWORD, Person

pytestmark = [pytest.mark.django_db]

# The same examples in every run: a failure is a fact of the code, not of the day.
often = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

FORM = "application/x-www-form-urlencoded"
SHAPES = [
    {"status", "message"},
    {"status", "error", "message"},
    {"success", "error", "errorType"},
    {"success", "error"},
    {"status", "message", "success", "error"},
]
texts = st.text(st.characters(codec="utf-8"), max_size=60) | st.text(st.characters(), max_size=20)
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.sampled_from(["createdAt", "$gte", "\0", "\ud800"])
)
keys = st.sampled_from(["createdAt", "_id", "totalUsers", "$gt", "$date", "user", "password", "username", "tokenName"]) | texts
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=15
)
written = documents.map(lambda document: json.dumps(document, ensure_ascii=True))
moments = st.datetimes().map(str) | st.datetimes().map(lambda at: f"{at.isoformat()}Z") | texts
parameters = st.fixed_dictionaries(
    {},
    optional={
        "sort": written | texts,
        "fields": written | texts,
        "query": written | texts,
        "since": moments,
        "until": moments,
        "offset": st.integers().map(str) | texts,
        "count": st.integers().map(str) | texts,
        "refresh": texts,
    },
)


def require_contract(answer: Any) -> None:
    """See that an answer is JSON, and, where it refuses, one of the contract's bodies."""
    assert answer.status_code < 500, answer.content
    assert answer.headers["Content-Type"] == "application/json"
    document = answer.json()
    if answer.status_code >= 400:
        assert set(document) in SHAPES, document


def encoded(values: dict[str, str]) -> dict[str, bytes]:
    """Write parameters in UTF-8, half characters as they come."""
    return {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}


@often
@given(values=parameters)
@pytest.mark.parametrize("path", ["statistics", "statistics.list", "me", "info"])
def test_any_parameters_are_answered_by_the_contract(viewer: Person, path: str, values: dict[str, str]) -> None:
    tokens.AccessToken.objects.filter(user=viewer.user).update(last_used_on=None)
    require_contract(Client(raise_request_exception=False).get(f"/api/v1/{path}", encoded(values), headers=viewer.headers))


@often
@given(raw=st.binary(max_size=200))
def test_any_query_string_is_answered_by_the_contract(viewer: Person, raw: bytes) -> None:
    query = raw.decode("latin-1").translate({ord(" "): "+", ord("\n"): "%", ord("\r"): "&"})
    client = Client(raise_request_exception=False)
    require_contract(client.get("/api/v1/statistics.list", headers=viewer.headers, QUERY_STRING=query))


@often
@given(
    name=st.sampled_from(["X-User-Id", "X-Auth-Token", "Accept", "User-Agent", "X-Forwarded-For", "Cookie"]), raw=st.binary()
)
def test_any_header_is_answered_by_the_contract(viewer: Person, name: str, raw: bytes) -> None:
    headers = {**viewer.headers, name: raw.decode("latin-1")}
    require_contract(Client(raise_request_exception=False).get("/api/v1/me", headers=headers))


@often
@given(path=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_path_is_answered_by_the_contract(path: str) -> None:
    require_contract(Client(raise_request_exception=False).get("/api/" + path.replace("?", "").replace("#", "")))


@often
@given(body=written.map(str.encode) | st.binary(max_size=300) | texts.map(lambda text: text.encode("utf-16", "surrogatepass")))
@pytest.mark.parametrize("content_type", ["application/json", FORM, "multipart/form-data; boundary=x", "text/plain"])
@pytest.mark.parametrize("path", ["login", "logout", "users.removePersonalAccessToken"])
def test_any_body_is_answered_by_the_contract(db: None, path: str, content_type: str, body: bytes) -> None:
    require_contract(Client(raise_request_exception=False).post(f"/api/v1/{path}", body, content_type))


@pytest.mark.parametrize("content_type", ["application/json", FORM, "multipart/form-data; boundary=x"])
def test_ten_megabytes_are_refused_by_their_length(member: Person, content_type: str) -> None:
    bodies = {
        "application/json": json.dumps({"user": "member", "password": PASSWORD, "more": "x" * 10_000_000}),
        FORM: f"user=member&password={PASSWORD}&more={'x' * 10_000_000}",
    }
    part = f'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n{"x" * 10_000_000}\r\n--x--\r\n'
    answer = Client().post("/api/v1/login", bodies.get(content_type, part), content_type)
    assert answer.status_code == 413
    require_contract(answer)


def test_a_body_of_just_the_largest_size_is_read(member: Person) -> None:
    body = json.dumps({"user": "member", "password": PASSWORD, "more": ""})
    body = body.replace('""', f'"{"x" * (MAX_BODY_BYTES - len(body))}"')
    assert len(body) == MAX_BODY_BYTES
    assert Client().post("/api/v1/login", body, "application/json").status_code == 200
    assert Client().post("/api/v1/login", body + " ", "application/json").status_code == 413
