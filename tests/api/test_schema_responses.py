"""The status, body and headers of every response are described in the OpenAPI document."""

import json
import re
from typing import Any

import jsonschema
import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema
from pytest_django import Settings

from statistics_app.api.openapi import VALIDATORS, document
from statistics_app.catalogue.statistics import CATALOGUE
from tests.conftest import PASSWORD, Person

from .personal_tokens import GENERATE, LIST, NAMED, REMOVE
from .test_errors import BrokenSource, database_unavailable
from .throttling import HEADERS

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = "application/x-www-form-urlencoded"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
BROKEN = f"{BrokenSource.__module__}.{BrokenSource.__name__}"


def credentials(name: str = "viewer", password: str = PASSWORD) -> str:
    """Return the body of a login."""
    return json.dumps({"user": name, "password": password})


def require_described(person: Person, status: int, method: str, path: str, *body: str) -> None:
    """Call a path, and assert that the response is as the document describes it."""
    response = person.call(method, path, *body)
    assert response.status_code == status, response.content
    operations = document()["paths"][f"/api/v1/{path.partition('?')[0]}"]
    described = operations[method.lower()]["responses"].get(str(status))
    assert described is not None, f"{method} {path} answers {status}, which is not described."
    [(media_type, content)] = described["content"].items()
    assert response.headers["Content-Type"] == media_type
    schema = {**content["schema"], "components": document()["components"]}
    jsonschema.Draft202012Validator(schema).validate(response.json())
    sent = {name for name in response.headers if name in {*HEADERS, *VALIDATORS, "Retry-After", "WWW-Authenticate"}}
    # A login is counted only if its body names an account, so the rate limit headers may be missing.
    undescribed, missing = (
        sent - set(described.get("headers", {})),
        set(described.get("headers", {})) - sent - HEADERS - set(VALIDATORS),
    )
    assert (undescribed, missing) == (set(), set()), (method, path, status)


def test_the_document_is_open_api() -> None:
    validate_schema(document())
    assert document()["openapi"].startswith("3.")


def test_every_component_is_a_json_schema() -> None:
    for component in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema({**component, "components": document()["components"]})


def test_every_response_is_json_with_a_description() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            for status, response in operation["responses"].items():
                assert response["description"], (method, path, status)
                if status == "304":
                    assert "content" not in response
                    continue
                other_types = set(response["content"]) - {"application/json"}
                is_scraped = path.endswith("/metrics") and status == "200"
                assert ("application/json" in response["content"]) is not is_scraped, (method, path, status)
                has_format = "format" in {parameter["name"] for parameter in operation.get("parameters", [])}
                assert not other_types or is_scraped or (status == "200" and has_format), (path, other_types)
            for parameter in operation.get("parameters", []):
                assert parameter["description"], (method, path, parameter["name"])


def test_counted_responses_have_the_rate_limit_headers_and_others_do_not() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                name = path.rpartition("/")[2]
                is_counted = name not in {"info", "schema"} and (status not in {"401", "403"} or name == "login")
                assert (set(response.get("headers", {})) >= HEADERS) is is_counted, (method, path, status)


def test_only_keys_that_may_be_unknown_are_nullable() -> None:
    shapes = document()["components"]["schemas"]["Snapshot"]
    nullable = {key for key, shape in shapes["properties"].items() if "null" in shape["type"]}
    # A remote server may not say its version, nor since when it is installed.
    own = {one.key for one in CATALOGUE if one.answered_by == "record"} - {"version", "installedAt"}
    assert nullable == {statistic.key for statistic in CATALOGUE} - own
    assert set(shapes["required"]) == set(shapes["properties"])


def test_refusals_are_as_described(viewer: Person, member: Person, stranger: Person) -> None:
    for path in ("statistics", "statistics.list"):
        require_described(member, 403, "GET", path)
    for path in ("statistics", "statistics.list", "me", "logout", LIST):
        require_described(stranger, 401, "GET", path)
    for path in ("statistics", "logout", *NAMED):
        require_described(stranger, 401, "POST", path)
    require_described(stranger, 401, "POST", "login", credentials(password="wrong"))
    require_described(viewer, 400, "GET", "statistics?refresh=x")
    for name in ("count", "sort", "fields", "query", "since"):
        require_described(viewer, 400, "GET", f"statistics.list?{name}=x")


@pytest.mark.parametrize("path", ["login", "logout", *NAMED])
def test_invalid_bodies_are_refused_as_described(viewer: Person, path: str) -> None:
    require_described(viewer, 400, "POST", path, "[]")
    require_described(viewer, 413, "POST", path, f'"{"x" * 70_000}"')
    require_described(viewer, 415, "POST", path, "x", "text/plain")


@pytest.mark.parametrize("path", ["me", "info", "schema", LIST])
def test_malformed_requests_are_refused_as_described(viewer: Person, path: str) -> None:
    require_described(viewer, 400, "GET", f"{path}?x=%00")


def test_an_unchanged_snapshot_is_as_described(viewer: Person) -> None:
    etag = viewer.get("statistics").headers["ETag"]
    response = Client().get("/api/v1/statistics", headers={**viewer.headers, "If-None-Match": etag})
    described = document()["paths"]["/api/v1/statistics"]["get"]["responses"]
    assert (response.status_code, response.content) == (304, b"")
    assert set(described["304"]["headers"]) == set(described["200"]["headers"]) >= {*HEADERS, *VALIDATORS}
    assert HEADERS | {"ETag"} <= set(response.headers)


def test_throttled_requests_are_refused_as_described(viewer: Person, settings: Settings) -> None:
    rates = dict.fromkeys(("THROTTLE_LOGIN", "THROTTLE_READ", "THROTTLE_REFRESH"), "1/hour")
    settings.STATISTICS = {**settings.STATISTICS, **rates}
    viewer.get("me"), viewer.call("POST", "login", credentials())
    for path in ("statistics", "statistics.list", "me", "logout", LIST):
        require_described(viewer, 429, "GET", path)
    for path in ("statistics", "logout", *NAMED):
        require_described(viewer, 429, "POST", path)
    require_described(viewer, 429, "POST", "login", credentials())


def test_failures_are_as_described(viewer: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": BROKEN}
    require_described(viewer, 500, "GET", "statistics?refresh=true")
    require_described(viewer, 500, "GET", "me")
    require_described(viewer, 500, "POST", "login", credentials())


@pytest.mark.django_db(transaction=True)
def test_an_unavailable_database_is_as_described(viewer: Person) -> None:
    with database_unavailable():
        for path in ("statistics", "statistics.list", "me", "logout", "info", "schema", LIST):
            require_described(viewer, 503, "GET", path)
        for path in ("statistics", "logout", GENERATE, REMOVE):
            require_described(viewer, 503, "POST", path)
        require_described(viewer, 503, "POST", "login", credentials())


def test_described_times_are_times(viewer: Person) -> None:
    response = viewer.get("statistics").json()
    shapes = document()["components"]["schemas"]["Snapshot"]["properties"]
    times = [key for key, shape in shapes.items() if shape.get("format") == "date-time"]
    assert times
    assert not [key for key in times if response[key] is not None and not RFC_3339.fullmatch(response[key])]


def test_the_described_examples_are_accepted(viewer: Person) -> None:
    for path in ("/api/v1/statistics", "/api/v1/statistics.list"):
        for parameter in document()["paths"][path]["get"]["parameters"]:
            shape: dict[str, Any] = parameter.get("schema") or parameter["content"]["application/json"]["schema"]
            for example in shape["examples"]:
                written = example if isinstance(example, str) else json.dumps(example)
                response = Client().get(path, {parameter["name"]: written}, headers=viewer.headers)
                assert response.status_code == 200, (parameter["name"], response.content)
