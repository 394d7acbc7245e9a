"""The OpenAPI document agrees with the server."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import Resolver404, resolve
from pytest_django import Settings

from statistics_app.accounts.tokens import issue_login_token
from statistics_app.api import urls
from statistics_app.api.openapi import document
from statistics_app.catalogue.statistics import CATALOGUE
from tests.conftest import PASSWORD, Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ROOT = Path(__file__).resolve().parent.parent.parent
METHODS = ["get", "post", "put", "patch", "delete"]


@pytest.fixture
def api(db: None) -> dict[str, Any]:
    """The document, requested without credentials."""
    answer = Client().get("/api/v1/schema")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    return answer.json()


def require_valid(answer: Any, component: str) -> None:
    """Validate a response's body against a component of the document."""
    schema = {"$ref": f"#/components/schemas/{component}", "components": document()["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer.json())


def test_every_url_is_described_except_the_page_and_the_404(api: dict[str, Any]) -> None:
    described = {resolve(path).url_name for path in api["paths"]}
    assert described == {pattern.name for pattern in urls.urlpatterns} - {"docs", "unknown"}


def test_every_path_answers_with_and_without_a_slash(api: dict[str, Any]) -> None:
    for path in api["paths"]:
        assert not path.endswith("/")
        assert resolve(f"{path}/").url_name == resolve(path).url_name


def test_the_described_methods_are_those_that_are_allowed(api: dict[str, Any], viewer: Person) -> None:
    viewer.user.user_permissions.add(Permission.objects.get(codename="view_people"))
    for path, operations in api["paths"].items():
        for method in METHODS:
            # A token for each call, since a logout revokes its own.
            headers = {"X-User-Id": viewer.user.pk, "X-Auth-Token": issue_login_token(viewer.user)}
            answer = Client().generic(method.upper(), path, headers=headers)
            assert (answer.status_code != 405) is (method in operations), (method, path)


def test_every_key_of_the_catalogue_is_there_with_its_definition(api: dict[str, Any]) -> None:
    properties = api["components"]["schemas"]["Snapshot"]["properties"]
    assert list(properties) == [*(statistic.key for statistic in CATALOGUE), "success"]
    assert all(properties[statistic.key]["description"] == statistic.definition for statistic in CATALOGUE)


def test_every_reference_resolves_and_every_component_is_used(api: dict[str, Any]) -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", str(api)))
    assert used == set(api["components"]["schemas"])


def test_every_link_leads_to_an_operation(api: dict[str, Any]) -> None:
    operations = [operation for methods in api["paths"].values() for operation in methods.values()]
    ids = {operation["operationId"] for operation in operations}
    assert len(ids) == len(operations)
    links = [link for operation in operations for link in operation["responses"]["200"].get("links", {}).values()]
    assert links
    assert {link["operationId"] for link in links} <= ids


def test_actual_responses_are_as_described(viewer: Person, member: Person, stranger: Person) -> None:
    login = {"user": "viewer", "password": PASSWORD}
    require_valid(viewer.get("statistics"), "Snapshot")
    require_valid(viewer.get("statistics.list"), "SnapshotList")
    require_valid(viewer.get("statistics.list", fields='{"totalUsers":1}'), "SnapshotList")
    require_valid(viewer.get("me"), "Me")
    require_valid(stranger.get("info"), "Info")
    require_valid(Client().post("/api/v1/login", login, "application/json"), "LoggedIn")
    require_valid(Client().post("/api/v1/login", {**login, "password": "x"}, "application/json"), "LoginRefused")
    require_valid(viewer.call("POST", "users.generatePersonalAccessToken", '{"tokenName":"a"}'), "NewToken")
    require_valid(viewer.get("users.getPersonalAccessTokens"), "Tokens")
    require_valid(viewer.call("POST", "users.removePersonalAccessToken", '{"tokenName":"a"}'), "Done")
    require_valid(viewer.call("POST", "users.removePersonalAccessToken", '{"tokenName":"a"}'), "Invalid")
    require_valid(stranger.get("statistics"), "NotLoggedIn")
    require_valid(member.get("statistics"), "NotAllowed")
    require_valid(viewer.get("statistics", refresh="maybe"), "Invalid")
    require_valid(viewer.get("logout"), "LoggedOut")


def test_a_snapshot_with_unknown_values_is_as_described(viewer: Person, settings: Settings) -> None:
    settings.STATISTICS = {"SOURCE": "statistics_app.sources.base.ChatSource"}
    answer = viewer.get("statistics")
    assert answer.json()["totalUsers"] is None
    require_valid(answer, "Snapshot")


def test_a_missing_permission_has_the_configured_status(api: dict[str, Any], settings: Settings) -> None:
    assert "403" in api["paths"]["/api/v1/statistics"]["get"]["responses"]
    settings.STATISTICS = {**settings.STATISTICS, "DENIED_STATUS": 400}
    responses = Client().get("/api/v1/schema").json()["paths"]["/api/v1/statistics"]["get"]["responses"]
    assert "403" not in responses
    assert "NotAllowed" in str(responses["400"])


def test_the_page_contains_every_operation_and_loads_nothing_external(api: dict[str, Any]) -> None:
    page = Client().get("/api/v1/docs")
    text = page.content.decode()
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not [path for path in api["paths"] if path not in text]
    assert not [statistic.key for statistic in CATALOGUE if statistic.key not in text]
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_the_api_has_no_paths_outside_its_mount() -> None:
    with pytest.raises(Resolver404):
        resolve("/nowhere/v1/statistics")


def test_what_generates_the_document_is_imported_only_for_it() -> None:
    """Every process imports the URLs, and few are asked for the document."""
    program = (
        "import sys, django; django.setup(); import statsproject.urls; "
        "print(sorted({'drf_spectacular', 'jinja2', 'django.test'} & set(sys.modules)))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    run = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
