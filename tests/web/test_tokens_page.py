"""The page of one's own tokens: made, shown once, revoked."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from statistics_app.models import AccessToken
from statistics_app.tokens import issue_personal_token
from tests.conftest import Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PAGE = "/statistics/tokens/"
SHOWN = re.compile(r"X-Auth-Token</dt><dd><code>([\w-]{43})</code>")


def make(person: Person, name: str, last_day: str = "") -> Any:
    """Fill the form."""
    return person.browser().post(PAGE, {"name": name, "last_day": last_day})


def revoke(person: Person, name: str) -> str:
    """Press the button of a token, and read what is said."""
    return person.browser().post(f"{PAGE}revoke/", {"name": name}, follow=True).content.decode()


def test_a_stranger_signs_in_first(stranger: Person) -> None:
    answer = stranger.browser().get(PAGE)
    assert (answer.status_code, answer.url) == (302, f"/statistics/sign-in/?next={PAGE}")


def test_one_without_the_permission_has_tokens_too(member: Person) -> None:
    answer = make(member, "mine")
    [token] = SHOWN.findall(answer.content.decode())
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {"X-User-Id": member.user.pk, "X-Auth-Token": token}
    assert Client().get("/api/v1/me", headers=headers).json()["username"] == "member"


def test_a_token_is_shown_once_and_listed_by_its_last_part(viewer: Person) -> None:
    [token] = SHOWN.findall(make(viewer, "mine").content.decode())
    again = viewer.browser().get(PAGE).content.decode()
    assert token not in again
    assert f"…{token[-6:]}" in again
    assert "until revoked" in again


def test_the_day_of_the_last_use_is_listed(viewer: Person) -> None:
    [token] = SHOWN.findall(make(viewer, "mine").content.decode())
    assert "never" in viewer.browser().get(PAGE).content.decode()
    Client().get("/api/v1/me", headers={"X-User-Id": viewer.user.pk, "X-Auth-Token": token})
    assert f"{timezone.now():%Y-%m-%d}</td>" in viewer.browser().get(PAGE).content.decode()
    assert AccessToken.objects.get(name="mine").last_used_on == timezone.now().date()


def test_a_token_is_good_through_its_last_day(viewer: Person) -> None:
    page = make(viewer, "mine", "2099-01-31").content.decode()
    assert "2099-01-31 23:59" in page
    assert f"{AccessToken.objects.get(name='mine').expires_at:%Y-%m-%d %H:%M}" == "2099-02-01 00:00"


@pytest.mark.parametrize(
    ("name", "last_day", "said"),
    [
        ("", "", "This field is required"),
        ("x" * 101, "", "at most 100 characters"),
        ("taken", "", "A token with this name already exists"),
        ("mine", "2020-01-31", "A token cannot expire in the past"),
        ("mine", "soon", "Enter a valid date"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_made(viewer: Person, name: str, last_day: str, said: str) -> None:
    issue_personal_token(viewer.user, "taken")
    page = make(viewer, name, last_day).content.decode()
    assert said in page
    assert not SHOWN.findall(page)
    assert [token.name for token in AccessToken.objects.personal(viewer.user)] == ["taken"]


def test_a_revoked_token_is_dead_at_once(viewer: Person) -> None:
    token = issue_personal_token(viewer.user, "mine")
    assert "is revoked" in revoke(viewer, "mine")
    assert Person(viewer.user, token).get("me").status_code == 401
    assert "gone already" in revoke(viewer, "mine")


def test_nobody_revokes_anothers_token(viewer: Person, member: Person) -> None:
    token = issue_personal_token(viewer.user, "mine")
    revoke(member, "mine")
    assert Person(viewer.user, token).get("me").status_code == 200
    assert "mine" not in member.browser().get(PAGE).content.decode()


def test_an_expired_token_is_marked(viewer: Person) -> None:
    issue_personal_token(viewer.user, "mine")
    AccessToken.objects.filter(name="mine").update(expires_at=timezone.now() - timedelta(days=1))
    assert '<span class="warn">expired</span>' in viewer.browser().get(PAGE).content.decode()
