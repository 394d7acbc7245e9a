"""Every answer that the server gives is one that the OpenAPI document tells of: its status, its body, its headers."""

import json
import re
from typing import Any

import jsonschema
import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema
from pytest_django import Settings

from statistics_app.api.openapi import document
from statistics_app.catalogue.statistics import CATALOGUE
from tests.conftest import PASSWORD, Person

from .personal import GENERATE, LIST, NAMED, REMOVE
from .test_errors import BrokenSource, database_away
from .throttled import HEADERS

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = "application/x-www-form-urlencoded"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
BROKEN = f"{BrokenSource.__module__}.{BrokenSource.__name__}"


def credentials(name: str = "viewer", password: str = PASSWORD) -> str:
    """Write the body of a login."""
    return json.dumps({"user": name, "password": password})


def require_described(person: Person, status: int, method: str, path: str, *body: str) -> None:
    """Call a path, and hold the answer against what the document tells of it."""
    answer = person.call(method, path, *body)
    assert answer.status_code == status, answer.content
    operations = document()["paths"][f"/api/v1/{path.partition('?')[0]}"]
    told = operations[method.lower()]["responses"].get(str(status))
    assert told is not None, f"{method} {path} answers {status}, which is not described."
    [(media_type, content)] = told["content"].items()
    assert answer.headers["Content-Type"] == media_type
    schema = {**content["schema"], "components": document()["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer.json())
    sent = {name for name in answer.headers if name in {*HEADERS, "Retry-After", "WWW-Authenticate"}}
    # Whether a login was counted depends on whether its body names somebody.
    never_more, always = sent - set(told.get("headers", {})), set(told.get("headers", {})) - sent - HEADERS
    assert (never_more, always) == (set(), set()), (method, path, status)


def test_the_document_is_open_api() -> None:
    validate_schema(document())
    assert document()["openapi"].startswith("3.")


def test_every_component_is_a_json_schema() -> None:
    for component in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema({**component, "components": document()["components"]})


def test_every_answer_is_json_with_a_meaning() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            for status, answer in operation["responses"].items():
                assert answer["description"], (method, path, status)
                others = set(answer["content"]) - {"application/json"}
                assert "application/json" in answer["content"], (method, path, status)
                assert not others or (status == "200" and "format" in {p["name"] for p in operation["parameters"]}), (
                    path,
                    others,
                )
            for parameter in operation.get("parameters", []):
                assert parameter["description"], (method, path, parameter["name"])


def test_counted_answers_tell_the_three_headers_and_others_do_not() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                name = path.rpartition("/")[2]
                counted = name not in {"info", "schema"} and (status not in {"401", "403"} or name == "login")
                assert (set(answer.get("headers", {})) >= HEADERS) is counted, (method, path, status)


def test_every_key_that_may_be_unknown_may_be_null_and_no_other() -> None:
    shapes = document()["components"]["schemas"]["Snapshot"]
    nullable = {key for key, shape in shapes["properties"].items() if "null" in shape["type"]}
    own = {statistic.key for statistic in CATALOGUE if statistic.asked == "record"}
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
def test_bodies_that_cannot_be_used_are_refused_as_described(viewer: Person, path: str) -> None:
    require_described(viewer, 400, "POST", path, "[]")
    require_described(viewer, 413, "POST", path, f'"{"x" * 70_000}"')
    require_described(viewer, 415, "POST", path, "x", "text/plain")


@pytest.mark.parametrize("path", ["me", "info", "schema", LIST])
def test_malformed_requests_are_refused_as_described(viewer: Person, path: str) -> None:
    require_described(viewer, 400, "GET", f"{path}?x=%00")


def test_haste_is_answered_as_described(viewer: Person, settings: Settings) -> None:
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
def test_the_absence_of_the_database_is_as_described(viewer: Person) -> None:
    with database_away():
        for path in ("statistics", "statistics.list", "me", "logout", "info", "schema", LIST):
            require_described(viewer, 503, "GET", path)
        for path in ("statistics", "logout", GENERATE, REMOVE):
            require_described(viewer, 503, "POST", path)
        require_described(viewer, 503, "POST", "login", credentials())


def test_described_times_are_times(viewer: Person) -> None:
    answer = viewer.get("statistics").json()
    shapes = document()["components"]["schemas"]["Snapshot"]["properties"]
    times = [key for key, shape in shapes.items() if shape.get("format") == "date-time"]
    assert times
    assert not [key for key in times if answer[key] is not None and not RFC_3339.fullmatch(answer[key])]


def test_the_described_examples_are_taken(viewer: Person) -> None:
    for path in ("/api/v1/statistics", "/api/v1/statistics.list"):
        for parameter in document()["paths"][path]["get"]["parameters"]:
            shape: dict[str, Any] = parameter.get("schema") or parameter["content"]["application/json"]["schema"]
            for example in shape["examples"]:
                written = example if isinstance(example, str) else json.dumps(example)
                answer = Client().get(path, {parameter["name"]: written}, headers=viewer.headers)
                assert answer.status_code == 200, (parameter["name"], answer.content)
