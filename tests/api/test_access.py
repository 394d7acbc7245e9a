"""Access control: every path, with and without a trailing slash, for each kind of person."""

import base64
import http.client
from contextlib import closing
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from statistics_app.accounts import tokens
from statistics_app.models import AccessToken
from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOT_LOGGED_IN = b'{"status":"error","message":"You must be logged in to do this."}'
NOT_ALLOWED = b'{"success":false,"error":"error-not-allowed","errorType":"error-not-allowed"}'
CHALLENGE = 'X-Auth-Token realm="api"'
STATUSES = {
    "statistics": {"stranger": 401, "inactive": 401, "member": 403, "viewer": 200},
    "statistics.list": {"stranger": 401, "inactive": 401, "member": 403, "viewer": 200},
    "me": {"stranger": 401, "inactive": 401, "member": 200, "viewer": 200},
    "logout": {"stranger": 401, "inactive": 401, "member": 200, "viewer": 200},
    "info": {"stranger": 200, "inactive": 200, "member": 200, "viewer": 200},
}
TABLE = [(path, who, status) for path, statuses in STATUSES.items() for who, status in statuses.items()]
BODIES = {401: NOT_LOGGED_IN, 403: NOT_ALLOWED}
GUARDED = [path for path, statuses in STATUSES.items() if statuses["stranger"] == 401]


def get(path: str, headers: dict[str, str]) -> Any:
    return Client().get(f"/api/v1/{path}", headers=headers)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("path", "who", "status"), TABLE)
def test_the_status_depends_on_the_person(request: pytest.FixtureRequest, path: str, who: str, status: int, slash: str) -> None:
    response = request.getfixturevalue(who).get(path + slash)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == ("private, no-cache" if (path, status) == ("statistics", 200) else "no-store")
    if status in BODIES:
        assert response.content == BODIES[status]


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("who", ["stranger", "inactive"])
def test_a_401_names_the_scheme_and_never_basic(request: pytest.FixtureRequest, path: str, who: str) -> None:
    assert request.getfixturevalue(who).get(path).headers["WWW-Authenticate"] == CHALLENGE


def test_a_403_does_not_ask_for_credentials(member: Person) -> None:
    assert "WWW-Authenticate" not in member.get("statistics").headers


@pytest.mark.parametrize("missing", ["X-User-Id", "X-Auth-Token"])
@pytest.mark.parametrize("path", GUARDED)
def test_one_header_alone_is_refused(viewer: Person, path: str, missing: str) -> None:
    headers = {name: value for name, value in viewer.headers.items() if name != missing}
    for incomplete in (headers, {**headers, missing: ""}):
        response = get(path, incomplete)
        assert (response.status_code, response.content) == (401, NOT_LOGGED_IN)


@pytest.mark.parametrize("path", GUARDED)
def test_a_wrong_token_is_refused_like_a_missing_one(viewer: Person, path: str) -> None:
    for token in ("x", viewer.token[:-1], f"{viewer.token}x", viewer.token.swapcase()):
        response = get(path, {**viewer.headers, "X-Auth-Token": token})
        assert (response.status_code, response.content) == (401, NOT_LOGGED_IN)


@pytest.mark.parametrize("path", GUARDED)
def test_a_token_is_accepted_only_with_its_own_user(viewer: Person, member: Person, path: str) -> None:
    for user_id in (member.headers["X-User-Id"], "nobody", viewer.user.username, "ünknown"):
        response = get(path, {**viewer.headers, "X-User-Id": user_id.encode().decode("latin-1")})
        assert (response.status_code, response.content) == (401, NOT_LOGGED_IN)


@pytest.mark.parametrize("path", GUARDED)
def test_an_expired_token_is_refused_like_a_missing_one(viewer: Person, path: str) -> None:
    AccessToken.objects.filter(user=viewer.user).update(expires_at=timezone.now())
    response = viewer.get(path)
    assert (response.status_code, response.content) == (401, NOT_LOGGED_IN)


def test_the_digest_of_a_token_is_no_token(viewer: Person) -> None:
    digest = AccessToken.objects.get(user=viewer.user).pk
    assert get("me", {**viewer.headers, "X-Auth-Token": digest}).status_code == 401


@pytest.mark.parametrize("names", [("X-User-Id", "X-Auth-Token"), ("userId", "authToken"), ("rc_uid", "rc_token")])
@pytest.mark.parametrize("path", GUARDED)
def test_credentials_in_the_query_string_are_ignored(
    stranger: Person, viewer: Person, path: str, names: tuple[str, str]
) -> None:
    response = stranger.get(path, **dict(zip(names, viewer.headers.values(), strict=True)))
    assert (response.status_code, response.content) == (401, NOT_LOGGED_IN)
    assert viewer.get("me").status_code == 200


@pytest.mark.parametrize("path", GUARDED)
def test_a_session_of_the_pages_is_not_accepted(viewer: Person, admin_person: Person, path: str) -> None:
    for person in (viewer, admin_person):
        browser = person.browser()
        assert browser.get("/statistics/").status_code == 200
        response = browser.get(f"/api/v1/{path}")
        assert (response.status_code, response.content) == (401, NOT_LOGGED_IN)


def test_credentials_take_precedence_over_a_session(viewer: Person, member: Person) -> None:
    assert viewer.browser().get("/api/v1/me", headers=member.headers).json()["username"] == "member"
    assert viewer.browser().get("/api/v1/statistics", headers=member.headers).status_code == 403


def test_a_group_can_grant_the_permission(member: Person) -> None:
    group = Group.objects.create(name="analysts")
    member.user.groups.add(group)
    assert member.get("statistics").status_code == 403
    group.permissions.add(Permission.objects.get(codename="view_statistics"))
    assert member.get("statistics").status_code == 200


def test_a_superuser_needs_no_permission(admin_person: Person) -> None:
    assert admin_person.get("statistics").status_code == 200
    assert admin_person.get("statistics.list").status_code == 200


def test_being_staff_is_no_permission(member: Person) -> None:
    member.user.is_staff = True
    member.user.save()
    assert member.get("statistics").status_code == 403


def test_a_removed_permission_is_effective_immediately(viewer: Person) -> None:
    viewer.user.user_permissions.clear()
    assert viewer.get("statistics").content == NOT_ALLOWED


@pytest.mark.slow
def test_header_names_in_any_case_and_both_forms_of_a_path_work_over_http(running: Programs, viewer: Person) -> None:
    _, url = running.web()
    paths = ("me", "me/", "me?", "statistics", "statistics/", "statistics/?")
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        for change, path in product((str.lower, str.upper, str.title), paths):
            headers = {change(name): value for name, value in viewer.headers.items()}
            connection.request("GET", f"/api/v1/{path}", headers=headers)
            response = connection.getresponse()
            response.read()
            assert response.status == 200, path


@pytest.mark.parametrize("path", GUARDED)
def test_a_bearer_token_is_enough(viewer: Person, member: Person, path: str) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        token = tokens.issue_login_token(viewer.user)  # logging out removes it
        assert get(path, {"Authorization": f"{scheme}  {token}"}).status_code == STATUSES[path]["viewer"]
    assert get(path, {"Authorization": f"Bearer {member.token}"}).status_code == STATUSES[path]["member"]


@pytest.mark.parametrize("path", GUARDED)
def test_other_authorizations_are_refused(viewer: Person, inactive: Person, path: str) -> None:
    basic = base64.b64encode(":".join(viewer.headers.values()).encode()).decode()
    values = ["", "Bearer", "Bearer ", "Bearer x", viewer.token, f"Token {viewer.token}", f"Bearer {viewer.token}x"]
    for value in (*values, f"Bearer {viewer.token} x", f"Bearer{viewer.token}", f"Bearer {inactive.token}", f"Basic {basic}"):
        response = get(path, {"Authorization": value})
        assert (response.status_code, response.content) == (401, NOT_LOGGED_IN), value
        assert response.headers["WWW-Authenticate"] == CHALLENGE


def test_the_two_headers_are_never_completed_by_a_bearer_token(viewer: Person, member: Person) -> None:
    bearer = {"Authorization": f"Bearer {viewer.token}"}
    for headers in ({"X-User-Id": viewer.user.pk}, {"X-Auth-Token": viewer.token}, {**member.headers, "X-Auth-Token": "x"}):
        assert get("statistics", {**headers, **bearer}).status_code == 401
    assert get("statistics", {**member.headers, **bearer}).status_code == 403
