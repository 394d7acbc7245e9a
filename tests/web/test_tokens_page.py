"""The page of a user's own tokens: creating, showing once, listing and revoking."""

import re
from datetime import UTC, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from statistics_app.accounts.tokens import issue_personal_token
from statistics_app.models import AccessToken
from tests.conftest import Person

from .test_pages import INLINE, token_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PAGE = "/statistics/tokens/"
SHOWN = re.compile(r'X-Auth-Token</dt><dd><code id="secret">([\w-]{43})</code>')


def create(person: Person, name: str, last_day: str = "") -> Any:
    """Submit the form for a new token, and return the response."""
    return person.browser().post(PAGE, {"name": name, "last_day": last_day})


def revoke(person: Person, name: str) -> str:
    """Revoke a token with its button, and return the page that follows."""
    return person.browser().post(f"{PAGE}revoke/", {"name": name}, follow=True).content.decode()


def test_an_anonymous_visitor_has_to_sign_in(stranger: Person) -> None:
    answer = stranger.browser().get(PAGE)
    assert (answer.status_code, answer.url) == (302, f"/statistics/sign-in/?next={PAGE}")


def test_a_user_without_the_permission_can_create_tokens(member: Person) -> None:
    answer = create(member, "mine")
    [token] = SHOWN.findall(answer.content.decode())
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {"X-User-Id": member.user.pk, "X-Auth-Token": token}
    assert Client().get("/api/v1/me", headers=headers).json()["username"] == "member"


def test_a_token_is_shown_once_and_listed_by_its_last_part(viewer: Person) -> None:
    [token] = SHOWN.findall(create(viewer, "mine").content.decode())
    again = viewer.browser().get(PAGE).content.decode()
    assert token not in again
    assert f"…{token[-6:]}" in again
    assert "until revoked" in again


def test_the_day_of_the_last_use_is_listed(viewer: Person) -> None:
    [token] = SHOWN.findall(create(viewer, "mine").content.decode())
    assert "never" in viewer.browser().get(PAGE).content.decode()
    Client().get("/api/v1/me", headers={"X-User-Id": viewer.user.pk, "X-Auth-Token": token})
    day = date_format(timezone.now().astimezone(UTC), "j M Y")
    assert f"<td>{day}</td>" in viewer.browser().get(PAGE).content.decode()
    assert AccessToken.objects.get(name="mine").last_used_on == timezone.now().date()


@pytest.mark.parametrize(
    ("zone", "expires_at"),
    [("UTC", "2099-02-01 00:00"), ("Europe/Berlin", "2099-01-31 23:00"), ("nowhere", "2099-02-01 00:00")],
)
def test_a_token_works_until_the_end_of_its_last_day_where_the_reader_is(viewer: Person, zone: str, expires_at: str) -> None:
    browser = viewer.browser()
    browser.cookies["statistics_zone"] = zone
    page = browser.post(PAGE, {"name": "mine", "last_day": "2099-01-31"}).content.decode()
    assert ">31 Jan 2099, 23:59</time>" in page
    assert f"{AccessToken.objects.get(name='mine').expires_at:%Y-%m-%d %H:%M}" == expires_at


def test_the_day_of_creation_is_that_of_the_reader(viewer: Person) -> None:
    with time_machine.travel("2030-03-02T23:30:00Z", tick=False):
        browser = viewer.browser()
        browser.cookies["statistics_zone"] = "Asia/Tokyo"
        assert ">3 Mar 2030</time>" in browser.post(PAGE, {"name": "mine"}).content.decode()


@pytest.mark.parametrize(
    ("name", "last_day", "message"),
    [
        ("", "", "This field is required"),
        ("x" * 101, "", "at most 100 characters"),
        ("taken", "", "A token with this name already exists"),
        ("mine", "2020-01-31", "This day is over. Choose today or a later day."),
        ("mine", "soon", "Enter a valid date"),
    ],
)
def test_invalid_input_is_reported_and_creates_no_token(viewer: Person, name: str, last_day: str, message: str) -> None:
    issue_personal_token(viewer.user, "taken")
    page = create(viewer, name, last_day).content.decode()
    assert message in page
    assert not SHOWN.findall(page)
    assert [token.name for token in AccessToken.objects.personal(viewer.user)] == ["taken"]


@pytest.mark.parametrize(
    ("name", "last_day", "field"), [("", "", "name"), ("taken", "", "name"), ("mine", "2020-01-31", "last_day")]
)
def test_a_field_with_an_error_is_marked_and_refers_to_it(viewer: Person, name: str, last_day: str, field: str) -> None:
    issue_personal_token(viewer.user, "taken")
    page = create(viewer, name, last_day).content.decode()
    [marked] = re.findall(r"<input[^>]*aria-invalid=\"true\"[^>]*>", page)
    assert f'name="{field}"' in marked
    described = re.search(r'aria-describedby="([^"]+)"', marked)
    assert described
    assert [f'id="{one}"' in page for one in described[1].split()] == [True, True]


def test_a_button_copies_the_secret(viewer: Person) -> None:
    assert 'data-copy="secret"' in create(viewer, "mine").content.decode()
    assert "data-copy" not in viewer.browser().get(PAGE).content.decode()


def test_a_revoked_token_is_rejected_immediately(viewer: Person) -> None:
    token = issue_personal_token(viewer.user, "mine")
    assert "revoked: it no longer works" in revoke(viewer, "mine")
    assert Person(viewer.user, token).get("me").status_code == 401
    assert "There is no token with this name" in revoke(viewer, "mine")


def test_users_cannot_revoke_tokens_of_others(viewer: Person, member: Person) -> None:
    token = issue_personal_token(viewer.user, "mine")
    revoke(member, "mine")
    assert Person(viewer.user, token).get("me").status_code == 200
    assert "mine" not in member.browser().get(PAGE).content.decode()


def test_an_expired_token_is_marked(viewer: Person) -> None:
    issue_personal_token(viewer.user, "mine")
    AccessToken.objects.filter(name="mine").update(expires_at=timezone.now() - timedelta(days=1))
    assert '<span class="warn">expired</span>' in viewer.browser().get(PAGE).content.decode()


def test_the_page_is_not_cached_and_loads_only_the_apps_own_files(viewer: Person) -> None:
    for answer in (viewer.browser().get(PAGE), create(viewer, "mine"), create(viewer, "")):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not INLINE.findall(answer.content)


def test_reloading_the_page_shows_no_token_and_creates_none(viewer: Person) -> None:
    browser = viewer.browser()
    browser.post(PAGE, {"name": "mine"})
    again = browser.post(PAGE, {"name": "mine"})
    assert "A token with this name already exists" in again.content.decode()
    assert not SHOWN.findall(again.content.decode())
    assert AccessToken.objects.personal(viewer.user).count() == 1


def test_creating_and_revoking_require_the_csrf_token(viewer: Person) -> None:
    issue_personal_token(viewer.user, "mine")
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer.user)
    assert client.post(PAGE, {"name": "another"}).status_code == 403
    assert client.post(f"{PAGE}revoke/", {"name": "mine"}).status_code == 403
    assert [token.name for token in AccessToken.objects.personal(viewer.user)] == ["mine"]
    page = client.get(PAGE)
    form = {"csrfmiddlewaretoken": token_in(page), "name": "mine"}
    assert client.post(f"{PAGE}revoke/", form).status_code == 302
    assert not AccessToken.objects.personal(viewer.user).exists()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_request_revokes_a_token(viewer: Person, method: str) -> None:
    issue_personal_token(viewer.user, "mine")
    assert viewer.browser().generic(method, f"{PAGE}revoke/?name=mine").status_code == 405
    assert AccessToken.objects.personal(viewer.user).exists()


def test_an_anonymous_visitor_can_neither_create_nor_revoke_tokens(stranger: Person, viewer: Person) -> None:
    issue_personal_token(viewer.user, "mine")
    for path in (PAGE, f"{PAGE}revoke/"):
        assert stranger.browser().post(path, {"name": "mine"}).status_code == 302
    assert [token.name for token in AccessToken.objects.filter(kind="personal")] == ["mine"]


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "", "\ud800".encode("utf-8", "surrogatepass")])
def test_revoking_an_impossible_name_has_no_effect(viewer: Person, name: str | bytes) -> None:
    issue_personal_token(viewer.user, "mine")
    answer = viewer.browser().post(f"{PAGE}revoke/", {"name": name}, follow=True)
    assert (answer.status_code, "There is no token with this name" in answer.content.decode()) == (200, True)
    assert AccessToken.objects.personal(viewer.user).exists()


@pytest.mark.parametrize("name", ["a\0b", "a\nb", " ", "a\u202eb"])
def test_a_name_with_unprintable_characters_is_rejected(viewer: Person, name: str) -> None:
    answer = create(viewer, name)
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (200, True)
    assert not AccessToken.objects.personal(viewer.user).exists()


def test_names_are_escaped(viewer: Person) -> None:
    evil = "<img src=x>'\" &amp;"
    for answer in (create(viewer, evil), viewer.browser().get(PAGE)):
        assert "<img src=x>" not in answer.content.decode()
    assert "revoked: it no longer works" in revoke(viewer, evil)
    assert not AccessToken.objects.personal(viewer.user).exists()


@pytest.mark.parametrize("last_day", ["9999-12-31", "9999-12-30", "2099-02-28"])
def test_the_last_day_may_be_any_future_day(viewer: Person, last_day: str) -> None:
    [token] = SHOWN.findall(create(viewer, "mine", last_day).content.decode())
    assert Person(viewer.user, token).get("me").status_code == 200
    assert viewer.browser().get(PAGE).status_code == 200


def test_today_may_be_the_last_day_and_yesterday_may_not(viewer: Person) -> None:
    with time_machine.travel("2030-03-02T23:59:59Z", tick=False):
        assert SHOWN.findall(create(viewer, "today", "2030-03-02").content.decode())
        assert not SHOWN.findall(create(viewer, "yesterday", "2030-03-01").content.decode())


def test_tokens_of_logins_are_not_listed(viewer: Person) -> None:
    assert "No token yet" in viewer.browser().get(PAGE).content.decode()


def test_the_number_of_queries_does_not_depend_on_the_number_of_tokens(
    viewer: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        issue_personal_token(viewer.user, f"token {number}")
    browser = viewer.browser()
    with django_assert_max_num_queries(5):
        assert browser.get(PAGE).content.decode().count("<code>…") == 30
