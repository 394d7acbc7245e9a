"""The tokens of all users in the admin: listed without their secrets, and revoked."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from statistics_app.accounts.displays import issue_display_token
from statistics_app.accounts.tokens import issue_personal_token
from statistics_app.models import AccessToken
from statistics_app.models.access_token import TokenKind, digest_of
from tests.conftest import Person, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/statistics_app/accesstoken/"


def test_the_tokens_of_all_users_are_listed_without_a_secret(admin_person: Person, viewer: Person) -> None:
    token = issue_personal_token(viewer.user, "monitoring")
    page = admin_person.browser().get(LIST).content.decode()
    assert "monitoring" in page
    assert f"…{token[-6:]}" in page
    assert token not in page


@pytest.mark.parametrize(("query", "found"), [("viewer", True), ("monitor", True), ("root", False)])
def test_tokens_are_found_by_user_and_by_name(admin_person: Person, viewer: Person, query: str, found: bool) -> None:
    issue_personal_token(viewer.user, "monitoring")
    assert ("monitoring" in admin_person.browser().get(LIST, {"q": query}).content.decode()) is found


@pytest.mark.parametrize(("choice", "found"), [("no", True), ("yes", False)])
def test_tokens_are_filtered_by_their_expiry(admin_person: Person, viewer: Person, choice: str, found: bool) -> None:
    issue_personal_token(viewer.user, "monitoring")
    assert ("monitoring" in admin_person.browser().get(LIST, {"expired": choice}).content.decode()) is found


def test_a_deleted_token_is_rejected_immediately(admin_person: Person, viewer: Person) -> None:
    token = issue_personal_token(viewer.user, "monitoring")
    chosen = {"action": "delete_selected", "_selected_action": digest_of(token), "post": "yes"}
    assert admin_person.browser().post(LIST, chosen).status_code == 302
    assert not AccessToken.objects.filter(name="monitoring").exists()
    assert Person(viewer.user, token).get("me").status_code == 401


def test_tokens_cannot_be_added_or_changed(admin_person: Person, viewer: Person) -> None:
    token = issue_personal_token(viewer.user, "monitoring")
    browser = admin_person.browser()
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{digest_of(token)}/change/", {"name": "other"}).status_code == 403
    assert AccessToken.objects.filter(name="monitoring").exists()


def test_the_list_requires_djangos_permission(viewer: Person) -> None:
    staff = make_person("staff", permitted=True, is_staff=True)
    assert staff.browser().get(LIST).status_code == 403
    assert staff.user is not None
    staff.user.user_permissions.add(Permission.objects.get(codename="view_accesstoken"))
    assert staff.browser().get(LIST).status_code == 200


def test_digests_and_password_marks_are_not_shown(admin_person: Person, viewer: Person) -> None:
    browser = admin_person.browser()
    for token in AccessToken.objects.all():
        for path in (LIST, f"{LIST}{token.pk}/change/"):
            read = strip_tags(browser.get(path).content.decode())
            assert token.pk not in read
            assert token.password_mark
            assert token.password_mark not in read


def test_login_tokens_are_listed_too_and_distinguished(admin_person: Person, viewer: Person) -> None:
    issue_personal_token(viewer.user, "monitoring")
    issue_display_token(viewer.user, "hall")
    browser = admin_person.browser()
    rows = {
        kind: [token.kind for token in browser.get(LIST, {"kind__exact": kind}).context["cl"].result_list] for kind in TokenKind
    }
    assert rows == {"login": ["login", "login"], "personal": ["personal"], "display": ["display"]}


def test_the_filter_finds_an_expired_token(admin_person: Person, viewer: Person) -> None:
    issue_personal_token(viewer.user, "monitoring")
    AccessToken.objects.filter(name="monitoring").update(expires_at=timezone.now())
    browser = admin_person.browser()
    found = {choice: "monitoring" in browser.get(LIST, {"expired": choice}).content.decode() for choice in ("yes", "no")}
    assert found == {"yes": True, "no": False}


def test_deleting_the_token_of_a_display_ends_it(admin_person: Person, viewer: Person) -> None:
    screen = Client()
    screen.cookies["statistics_display"] = token = issue_display_token(viewer.user, "hall")
    assert screen.get("/statistics/display/").status_code == 200
    assert admin_person.browser().post(f"{LIST}{digest_of(token)}/delete/", {"post": "yes"}).status_code == 302
    assert screen.get("/statistics/display/").status_code == 403


@pytest.mark.parametrize(("codename", "may"), [("view_accesstoken", False), ("delete_accesstoken", True)])
def test_revoking_requires_djangos_permission_to_delete(viewer: Person, codename: str, may: bool) -> None:
    token = issue_personal_token(viewer.user, "monitoring")
    staff = make_person("staff", permitted=True, is_staff=True)
    assert staff.user is not None
    staff.user.user_permissions.add(Permission.objects.get(codename="view_accesstoken"))
    staff.user.user_permissions.add(Permission.objects.get(codename=codename))
    answer = staff.browser().post(f"{LIST}{digest_of(token)}/delete/", {"post": "yes"})
    assert answer.status_code == (302 if may else 403)
    assert Person(viewer.user, token).get("me").status_code == (401 if may else 200)


def test_the_number_of_queries_does_not_depend_on_the_number_of_tokens(
    admin_person: Person, viewer: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        issue_personal_token(viewer.user if number % 2 else admin_person.user, f"token {number}")
    browser = admin_person.browser()
    with django_assert_max_num_queries(8):
        assert browser.get(LIST).status_code == 200


def test_times_are_written_as_everywhere_in_the_admin(admin_person: Person, viewer: Person) -> None:
    issue_personal_token(viewer.user, "monitoring", datetime(2099, 1, 31, 23, 30, tzinfo=UTC))
    AccessToken.objects.filter(name="monitoring").update(
        created_at=datetime(2026, 3, 2, 1, 30, 7, tzinfo=UTC), last_used_on=date(2026, 3, 5)
    )
    page = strip_tags(admin_person.browser().get(LIST).content.decode())
    for text in ("2 Mar 2026, 01:30:07", "5 Mar 2026", "31 Jan 2099, 23:30:00", "Created (UTC)", "Expires (UTC)"):
        assert text in page
