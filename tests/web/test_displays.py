"""Displays: what their links open, for how long, and what they never show."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from statistics_app.accounts.displays import issue_display_token
from statistics_app.accounts.tokens import issue_personal_token
from statistics_app.models import AccessToken, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from tests.conftest import Person

from .test_pages import INLINE

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TOKENS = "/statistics/tokens/"
DISPLAY = "/statistics/display/"
PAGES = (DISPLAY, f"{DISPLAY}activity/")
ENDED = "This display has no access"
LINK = re.compile(r'<code id="display-link">http://testserver([^<]+)</code>')
FORM = {"name": "hall", "page": "workspace", "range": "7d", "theme": "dark", "last_day": ""}
DAY = timedelta(days=1)


@pytest.fixture
def snapshot(db: None) -> Snapshot:
    """The latest snapshot."""
    return generation.generate(Origin.COMMAND)


def create(person: Person, **fields: str) -> Any:
    """Submit the form for a new display, and return the response."""
    return person.browser().post(f"{TOKENS}displays/", {**FORM, **fields})


def link_of(person: Person, **fields: str) -> str:
    """Create a display, and return its link."""
    [link] = LINK.findall(create(person, **fields).content.decode())
    return link.replace("&amp;", "&")


def opened(link: str) -> Client:
    """Return a screen on which a link was opened."""
    screen = Client()
    assert screen.get(link).status_code == 302
    return screen


def revoke(person: Person, name: str) -> str:
    """Revoke a display with its button, and return the page that follows."""
    form = {"kind": "display", "name": name}
    return person.browser().post(f"{TOKENS}revoke/", form, follow=True).content.decode()


def test_a_link_redirects_to_an_address_without_its_token(viewer: Person) -> None:
    link = link_of(viewer, page="activity", range="30d")
    answer = Client().get(link)
    assert (answer.status_code, answer.url) == (302, f"{DISPLAY}activity/?theme=dark&range=30d&tz=UTC")
    cookie = answer.cookies["statistics_display"]
    assert cookie.value in link
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["secure"]) == (DISPLAY, True, "Lax", "")
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")


def test_the_cookie_of_an_encrypted_connection_is_sent_on_such_only(viewer: Person) -> None:
    assert Client().get(link_of(viewer), secure=True).cookies["statistics_display"]["secure"] is True


def test_a_display_shows_numbers_and_no_way_to_other_pages(viewer: Person, snapshot: Snapshot) -> None:
    screen = opened(link_of(viewer))
    for page in PAGES:
        answer = screen.get(page)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert not re.search(r"<a\b|<form\b|<nav\b", text)
        assert 'http-equiv="refresh" content="60"' in text
        assert not INLINE.findall(answer.content)
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "viewer" not in text
    assert "Messages" in screen.get(DISPLAY).content.decode()


def test_a_display_opens_nothing_else(viewer: Person, snapshot: Snapshot) -> None:
    screen = opened(link_of(viewer))
    # As if the browser sent the cookie everywhere.
    screen.cookies["statistics_display"]["path"] = "/"
    for path in ("", "history/", "activity/", "snapshots/", f"snapshots/{snapshot.pk}/", "tokens/", "definitions/"):
        assert screen.get(f"/statistics/{path}").status_code == 302, path
    token = screen.cookies["statistics_display"].value
    assert Person(viewer.user, token).get("statistics").status_code == 401
    assert Person(viewer.user, token).get("logout").status_code == 401
    assert Client().get("/api/v1/statistics", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert Client().post("/api/v1/login", {"resume": token}, "application/json").status_code == 401
    assert screen.get(DISPLAY).status_code == 200


def test_tokens_for_the_api_open_no_display(viewer: Person) -> None:
    for token in (viewer.token, issue_personal_token(viewer.user, "hall")):
        assert Client().get(f"{DISPLAY}open/?token={token}").status_code == 403
        screen = Client()
        screen.cookies["statistics_display"] = token
        assert screen.get(DISPLAY).status_code == 403


def test_a_revoked_display_ends_and_says_so(viewer: Person, snapshot: Snapshot) -> None:
    link = link_of(viewer)
    screen = opened(link)
    assert "Display “hall” revoked" in revoke(viewer, "hall")
    for page in (*PAGES, link):
        answer = screen.get(page)
        assert (answer.status_code, ENDED in answer.content.decode()) == (403, True)
        # If the reason is gone, the display comes back by itself.
        assert answer.headers["Refresh"] == "60"
    assert "There is no display with this name" in revoke(viewer, "hall")


def test_a_display_ends_with_its_last_day(viewer: Person) -> None:
    with time_machine.travel("2030-03-02T12:00:00Z", tick=False):
        screen = opened(link_of(viewer, last_day="2030-03-02"))
    for moment, status in (("2030-03-02T23:59:59Z", 200), ("2030-03-03T00:00:00Z", 403)):
        with time_machine.travel(moment, tick=False):
            assert screen.get(DISPLAY).status_code == status, moment


def test_a_display_ends_while_its_owner_may_not_see_the_statistics(viewer: Person) -> None:
    assert viewer.user is not None
    screen = opened(link_of(viewer))
    permissions = list(viewer.user.user_permissions.all())
    viewer.user.user_permissions.clear()
    assert screen.get(DISPLAY).status_code == 403
    viewer.user.user_permissions.set(permissions)
    assert screen.get(DISPLAY).status_code == 200
    viewer.user.is_active = False
    viewer.user.save()
    assert screen.get(DISPLAY).status_code == 403


def test_the_day_of_the_last_use_is_listed(viewer: Person) -> None:
    link = link_of(viewer)
    assert AccessToken.objects.get(kind="display").last_used_on is None
    screen = opened(link)
    AccessToken.objects.filter(kind="display").update(last_used_on=timezone.now().date() - DAY)
    screen.get(DISPLAY)
    assert AccessToken.objects.get(kind="display").last_used_on == timezone.now().date()
    assert f"<td>{timezone.now():%-d %b %Y}</td>" in viewer.browser().get(TOKENS).content.decode()


def test_viewers_who_are_signed_in_see_a_preview(viewer: Person, member: Person, stranger: Person, snapshot: Snapshot) -> None:
    for page in PAGES:
        assert "A preview" in viewer.browser().get(page).content.decode()
        for other in (member, stranger):
            answer = other.browser().get(page)
            assert (answer.status_code, ENDED in answer.content.decode()) == (403, True)
    assert "A preview" not in opened(link_of(viewer)).get(DISPLAY).content.decode()


def test_the_pages_lead_to_their_displays(viewer: Person) -> None:
    browser = viewer.browser()
    assert browser.get("/statistics/?kiosk=1&theme=dark&tz=Europe/Berlin").url == f"{DISPLAY}?theme=dark&tz=Europe/Berlin"
    assert browser.get("/statistics/activity/?kiosk=1").url == f"{DISPLAY}activity/"


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "a\0b", "\u20ac"])
def test_what_is_no_token_opens_nothing(viewer: Person, token: str) -> None:
    answer = viewer.browser().get(f"{DISPLAY}open/", {"token": token})
    assert (answer.status_code, "statistics_display" in answer.cookies) == (403, False)


def test_the_address_says_theme_range_and_zone(viewer: Person, snapshot: Snapshot) -> None:
    browser = viewer.browser()
    text = browser.get(DISPLAY, {"theme": "dark", "range": "30d", "tz": "Europe/Berlin"}).content.decode()
    assert 'data-theme="dark"' in text
    assert "Lines and changes: 30 days." in text
    assert "(Europe/Berlin)" in text
    text = browser.get(DISPLAY, {"theme": "<pink>", "range": "<never>", "tz": "Middle/Earth"}).content.decode()
    assert 'data-theme="system"' in text
    assert "Lines and changes: 7 days." in text
    assert "(UTC)" in text


def test_old_numbers_are_marked(viewer: Person, snapshot: Snapshot) -> None:
    screen = opened(link_of(viewer))
    assert 'class="old" role="status">' not in screen.get(DISPLAY).content.decode()
    with time_machine.travel(timezone.now() + DAY):
        for page in PAGES:
            assert 'class="old" role="status"><strong>These numbers are old.' in screen.get(page).content.decode()


def test_a_display_without_a_snapshot_says_so(viewer: Person) -> None:
    screen = opened(link_of(viewer))
    assert "No snapshot yet" in screen.get(DISPLAY).content.decode()
    assert "Nothing is counted yet" in screen.get(f"{DISPLAY}activity/").content.decode()


def test_requests_of_a_display_are_limited(viewer: Person, settings: Settings) -> None:
    settings.STATISTICS = {**django_settings.STATISTICS, "THROTTLE_READ": "2/hour"}
    screen = opened(link_of(viewer))
    assert [screen.get(DISPLAY).status_code for _ in range(2)] == [200, 429]
    assert screen.get(DISPLAY).headers["Refresh"] == "60"


def test_only_viewers_create_displays(member: Person, viewer: Person, stranger: Person) -> None:
    assert create(member).status_code == 403
    assert create(stranger).status_code == 302
    assert "Create display" not in member.browser().get(TOKENS).content.decode()
    assert "Create display" in viewer.browser().get(TOKENS).content.decode()
    assert not AccessToken.objects.filter(kind="display").exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "taken"}, "A token with this name already exists"),
        ({"page": "tokens"}, "Select a valid choice"),
        ({"last_day": "2020-01-31"}, "This day is over"),
    ],
)
def test_invalid_input_is_reported_and_creates_no_display(viewer: Person, fields: dict[str, str], message: str) -> None:
    issue_display_token(viewer.user, "taken")
    page = create(viewer, **fields).content.decode()
    assert message in page
    assert not LINK.findall(page)
    assert AccessToken.objects.filter(kind="display").count() == 1


def test_a_display_may_have_the_name_of_a_token(viewer: Person) -> None:
    issue_personal_token(viewer.user, "hall")
    opened(link_of(viewer))
    revoke(viewer, "hall")
    assert [token.kind for token in AccessToken.objects.filter(name="hall")] == ["personal"]


def test_the_api_neither_lists_nor_renews_nor_removes_displays(viewer: Person) -> None:
    issue_display_token(viewer.user, "hall")
    assert viewer.get("users.getPersonalAccessTokens").json()["tokens"] == []
    for action in ("regenerate", "remove"):
        answer = viewer.call("POST", f"users.{action}PersonalAccessToken", {"tokenName": "hall"})
        assert answer.status_code == 400
    assert AccessToken.objects.filter(kind="display").count() == 1
