"""Everybody's tokens in the admin: seen without a secret, and revoked."""

import pytest
from django.contrib.auth.models import Permission

from statistics_app.models import AccessToken
from statistics_app.models.access_token import digest_of
from statistics_app.tokens import issue_personal_token
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


def test_a_token_that_is_deleted_is_dead_at_once(admin_person: Person, viewer: Person) -> None:
    token = issue_personal_token(viewer.user, "monitoring")
    chosen = {"action": "delete_selected", "_selected_action": digest_of(token), "post": "yes"}
    assert admin_person.browser().post(LIST, chosen).status_code == 302
    assert not AccessToken.objects.filter(name="monitoring").exists()
    assert Person(viewer.user, token).get("me").status_code == 401


def test_nobody_makes_or_changes_a_token_here(admin_person: Person, viewer: Person) -> None:
    token = issue_personal_token(viewer.user, "monitoring")
    browser = admin_person.browser()
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{digest_of(token)}/change/", {"name": "other"}).status_code == 403
    assert AccessToken.objects.filter(name="monitoring").exists()


def test_it_takes_djangos_permission(viewer: Person) -> None:
    staff = make_person("staff", permitted=True, is_staff=True)
    assert staff.browser().get(LIST).status_code == 403
    assert staff.user is not None
    staff.user.user_permissions.add(Permission.objects.get(codename="view_accesstoken"))
    assert staff.browser().get(LIST).status_code == 200
