"""No text of a page escapes translation: with a translation that puts every text in brackets, no letter stands outside."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.template.loader import render_to_string
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone, translation

from statistics_app.accounts import tokens
from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.metrics import METRICS
from statistics_app.models import Installation, Snapshot, TallyAudit
from statistics_app.snapshots import generation
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Upload, User
from tests.api.test_errors import database_unavailable
from tests.conftest import Person
from tests.factories import make_messages, make_room, make_user
from tests.web.test_pages import store

from .pseudo import LANGUAGE, pseudo_translation
from .visible_texts import untranslated

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = "/statistics/"
HTMX = {"HX-Request": "true"}
ALL_METRICS = ",".join(metric.key for metric in METRICS)
# Names, which the chat, the host or the formats of files have given.
DATA = (
    *("viewer", "member", "root", "anna", "ben", "general", "secret", "old times", "testserver", "monitoring"),
    *("JSON Lines", "JSON", "CSV", "OpenMetrics", "PNG", "SVG", "MHz", "X-User-Id", "X-Auth-Token"),
    # Pictures that Django's admin names in English.
    *("Search", "False"),
    # What was audited, as the command for audits names it.
    "rooms",
    # Why a value is unknown, and why no snapshot was taken, as it is stored.
    *("totalUsers: because", "because", "OperationalError: the disk is full"),
)


@pytest.fixture(autouse=True)
def in_brackets(tmp_path: Path) -> Iterator[None]:
    """Show every text in brackets."""
    with pseudo_translation(tmp_path / "locale"):
        yield


@pytest.fixture
def chat() -> None:
    """Messages of two people, in a room that is public, one that is not, and one that is quiet."""
    now = timezone.now()
    public, private, quiet = make_room("c", name="general"), make_room("p", name="secret"), make_room("c", name="old times")
    make_messages(public, 4, sent_at=now - timedelta(days=1), author=make_user("anna"))
    make_messages(public, 2, sent_at=now - timedelta(days=40), author=make_user("ben"))
    make_messages(
        private, 9, thread_root_id="a-root", sent_at=now - timedelta(days=1), author=User.objects.get(username="anna")
    )
    make_messages(quiet, 1, sent_at=now - timedelta(days=200), author=User.objects.get(username="ben"))
    Upload.objects.create(room=private, size=3_000_000)
    roll_up_events(chat_source(now), now)
    backfill_history(chat_source(now), now)


@pytest.fixture
def snapshots(chat: None) -> list[Snapshot]:
    """Three snapshots: one whose values are unknown, an older and a newer one."""
    old = store(totalUsers=1, totalMessages=4)
    unknown = store(5, problems={"totalUsers": "because"}, totalUsers=None)
    return [old, unknown, generation.refresh()]


@pytest.fixture
def client(viewer: Person) -> Client:
    """A reader of German with all permissions to view."""
    assert viewer.user is not None
    for codename in ("view_room_names", "view_people"):
        viewer.user.user_permissions.add(Permission.objects.get(codename=codename))
    return german(viewer)


def german(person: Person, **options: Any) -> Client:
    client = Client(headers={"Accept-Language": LANGUAGE}, **options)
    if person.user:
        client.force_login(person.user)
    return client


def assert_translated(response: Any, name: str = "", status: int = 200) -> None:
    """Assert that every text of a page is translated, and that the page says in which language."""
    assert response.status_code == status, name
    html = response.content.decode()
    assert "⟦" in html, name
    assert response.headers["Content-Language"] == LANGUAGE
    names = [*DATA, *(key for snapshot in Snapshot.objects.all() for key in (snapshot.pk, snapshot.host))]
    assert [(name, text) for text in untranslated(html, names)] == []


PATHS = [
    "",
    "?range=1y",
    "history/",
    f"history/?metrics={ALL_METRICS}&range=all",
    "history/?step=day",
    "history/?range=7d&step=hour&as=change",
    "history/?range=1y&step=week&compare=previous",
    "history/?range=1y&compare=year&step=quarter",
    "history/?range=this-year",
    "history/?range=90d&step=hour&sort=totalUsers&page=2",
    f"history/report/?metrics={ALL_METRICS}&range=30d",
    "activity/",
    "activity/?range=1y&step=month",
    "activity/?range=7d",
    "compare/",
    "compare/?ago=1d",
    "compare/?ago=1y",
    "definitions/",
    "snapshots/",
    "tokens/",
]


def test_every_page_is_translated(client: Client, snapshots: list[Snapshot]) -> None:
    for path in PATHS:
        for headers in ({}, HTMX):
            assert_translated(client.get(f"{PAGES}{path}", headers=headers), path)


def test_pages_of_a_snapshot_are_translated(client: Client, snapshots: list[Snapshot]) -> None:
    for snapshot in snapshots:
        for path in ("snapshots/{}/", "snapshots/{}/?range=1y", "as-of/{}/"):
            assert_translated(client.get(f"{PAGES}{path.format(snapshot.pk)}"))


def test_pages_without_anything_to_show_are_translated(client: Client) -> None:
    for path in ("", "history/", "activity/", "compare/", "snapshots/", "tokens/"):
        assert_translated(client.get(f"{PAGES}{path}"), path)


WRONG = [
    *(
        "history/?range=never",
        "history/?metrics=nothing",
        "history/?tz=Nowhere",
        "history/?metrics=totalUsers&range=all&step=15min",
    ),
    *("history/?since=x", "history/?since=2026-03-02T00:00&until=2026-03-01T00:00", "history/?compare=x"),
    *("history/?since=1800-01-01T00:00", "activity/?activity=x", "activity/?step=hour"),
    *("compare/?ago=never", "compare/?a=x&b=now", "compare/?a=1990-01-01T00:00&b=now"),
]


def test_errors_of_a_selection_are_translated(client: Client, snapshots: list[Snapshot]) -> None:
    for path in WRONG:
        assert_translated(client.get(f"{PAGES}{path}"), path, 400)
    assert_translated(client.get(f"{PAGES}history/?step="))


def test_an_overdue_snapshot_is_reported_in_translation(client: Client, snapshots: list[Snapshot]) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert_translated(client.get(PAGES))
        assert_translated(client.get(f"{PAGES}as-of/{snapshots[-1].pk}/"))
        Installation.objects.record_failure(timezone.now(), "OperationalError: the disk is full")
        assert_translated(client.get(f"{PAGES}history/"))


def test_taking_a_snapshot_is_reported_in_translation(client: Client, snapshots: list[Snapshot]) -> None:
    assert_translated(client.post(f"{PAGES}refresh/", headers=HTMX))
    assert_translated(client.post(f"{PAGES}refresh/", follow=True))
    while (response := client.post(f"{PAGES}refresh/", headers=HTMX)).status_code == 200:
        pass
    assert_translated(response, status=429)


def test_the_nearest_snapshot_is_announced_in_translation(client: Client, snapshots: list[Snapshot]) -> None:
    step = "since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z"
    assert_translated(client.get(f"{PAGES}snapshots/of-step/?{step}", follow=True))


def test_tokens_are_created_and_revoked_in_translation(client: Client) -> None:
    assert_translated(client.post(f"{PAGES}tokens/", {"name": "monitoring"}))
    assert_translated(client.post(f"{PAGES}tokens/", {"name": "monitoring"}))
    assert_translated(client.post(f"{PAGES}tokens/", {"name": ""}))
    assert_translated(client.post(f"{PAGES}tokens/", {"name": "monitoring 2", "last_day": "2001-01-01"}))
    assert_translated(client.post(f"{PAGES}tokens/revoke/", {"name": "monitoring"}, follow=True))
    assert_translated(client.post(f"{PAGES}tokens/revoke/", {"name": "nothing"}, follow=True))


def test_displays_are_translated(client: Client, snapshots: list[Snapshot], stranger: Person) -> None:
    for path in ("display/", "display/?range=1y", "display/activity/", "display/activity/?range=90d"):
        assert_translated(client.get(f"{PAGES}{path}"), path)
    assert_translated(german(stranger).get(f"{PAGES}display/"), status=403)
    form = {"name": "monitoring", "page": "workspace", "range": "7d", "theme": "dark"}
    for fields in (form, form, {"name": ""}):
        assert_translated(client.post(f"{PAGES}tokens/displays/", fields))
    assert_translated(client.post(f"{PAGES}tokens/revoke/", {"name": "monitoring", "kind": "display"}, follow=True))


def test_embedded_charts_are_translated(client: Client, snapshots: list[Snapshot], stranger: Person) -> None:
    page = client.get(f"{PAGES}history/embed/?metrics={ALL_METRICS}&range=1y")
    assert_translated(page)
    address = page.context["embedded"][0].svg
    # Whoever sees the picture, and whatever that reader's language is.
    assert_translated(Client().get(address))
    english = Client().get(f"{address}x")
    assert english.headers["Content-Language"] == "en"


def test_pages_for_people_without_access_are_translated(member: Person, stranger: Person) -> None:
    assert_translated(german(member).get(PAGES), status=403)
    assert_translated(german(member).get(f"{PAGES}tokens/"))
    anonymous = german(stranger)
    assert_translated(anonymous.get(f"{PAGES}sign-in/"))
    assert_translated(anonymous.post(f"{PAGES}sign-in/", {"username": "member", "password": "wrong"}))
    for _ in range(7):
        response = anonymous.post(f"{PAGES}sign-in/", {"username": "member", "password": "wrong"})
    assert "Too many attempts" in response.content.decode()
    assert_translated(response)


def test_error_pages_are_translated(client: Client, viewer: Person) -> None:
    assert_translated(client.get(f"{PAGES}nothing/"), status=404)
    assert_translated(client.get("/nowhere/"), status=404)
    strict = german(viewer, enforce_csrf_checks=True)
    assert_translated(strict.post(f"{PAGES}refresh/"), status=403)
    with database_unavailable():
        response = client.get(f"{PAGES}tokens/")
    assert_translated(response, status=503)
    with translation.override(LANGUAGE):
        assert list(untranslated(render_to_string("500.html"))) == []


def test_a_wrong_address_of_a_file_is_answered_in_translation(client: Client) -> None:
    for path in ("history/file/?format=x", "activity/file/?show=x", "snapshots/of-step/?since=x"):
        response = client.get(f"{PAGES}{path}")
        assert response.status_code == 400
        assert response.content.decode().startswith("⟦")


ADMIN = "/admin/statistics_app/"


def test_the_admin_is_translated(admin_person: Person, snapshots: list[Snapshot]) -> None:
    client = german(admin_person)
    tokens.issue_personal_token(admin_person.user, "monitoring")
    finding = {"count": "rooms", "key": "c", "found": 1, "expected": 2}
    audit = TallyAudit.objects.create(began_at=timezone.now(), took_ms=3, counts=["rooms"], differences=1, findings=[finding])
    for path in (
        *("snapshot/", "snapshot/?problems=yes", *(f"snapshot/{snapshot.pk}/change/" for snapshot in snapshots)),
        *("accesstoken/", "tallyaudit/", f"tallyaudit/{audit.pk}/change/", "remotecredentials/"),
    ):
        assert_translated(client.get(f"{ADMIN}{path}"))
    assert_translated(client.post(f"{ADMIN}snapshot/take/", follow=True))


def test_every_page_is_tested() -> None:
    """A page whose address is in no test here would escape."""
    names = {pattern.name for pattern in get_resolver("statistics_app.web.urls").url_patterns}
    shown = {"workspace", "refresh", "history", "history-report", "activity", "compare", "definitions", "as-of", "snapshots"}
    shown |= {"snapshot-of-step", "snapshot", "tokens", "revoke-token", "sign-in", "not-found"}
    shown |= {"display", "display-activity", "new-display", "history-embed", "embed"}
    files = {"embed-png", "history-file", "activity-file", "export", "export-one"}
    redirects = {"open-display", "sign-out", "theme", "language"}
    assert names == shown | files | redirects
