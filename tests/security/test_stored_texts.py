"""Texts that people chose: they stay texts on pages, in the admin, in files and in the log."""

import csv
import io
import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from statistics_app.accounts.tokens import issue_personal_token
from statistics_app.models import AccessToken, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statsproject.chat.models import Message, Room, Team, Upload, User
from tests.conftest import PASSWORD, Person
from tests.factories import NOON

pytestmark = pytest.mark.django_db

SCRIPT = "</title></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
FORGED = "x\nERROR forged: \r\u2028\x85y"
MODELS = [("chat", name) for name in ("user", "room", "team", "message", "subscription", "upload")]
MODELS += [("statistics_app", name) for name in ("snapshot", "accesstoken")]


@pytest.fixture
def everything(admin_person: Person) -> dict[str, Any]:
    """Rows with the script wherever there is a text, by model."""
    user, team = User.objects.create(username=SCRIPT, name=SCRIPT), Team.objects.create(name=SCRIPT)
    room = Room.objects.create(type="c", name=SCRIPT, team=team)
    issue_personal_token(user, SCRIPT[:100])
    snapshot = generation.generate(Origin.COMMAND)
    body = Snapshot.body_of({**snapshot.document, "version": SCRIPT})
    Snapshot.objects.filter(pk=snapshot.pk).update(host=SCRIPT, problems={"totalUsers": SCRIPT}, body=body)
    return {
        "user": user,
        "team": team,
        "room": room,
        "message": Message.objects.create(room=room, author=user, sent_at=NOON),
        "upload": Upload.objects.create(name=SCRIPT, size=1, room=room, user=user, uploaded_at=NOON),
        "accesstoken": AccessToken.objects.get(kind="personal"),
        "snapshot": snapshot,
    }


def test_a_script_in_a_name_is_a_text_in_the_admin(admin_person: Person, everything: dict[str, Any]) -> None:
    browser, seen = admin_person.browser(), 0
    for app, model in MODELS:
        list_of = f"admin:{app}_{model}"
        pages = [reverse(f"{list_of}_changelist"), f"{reverse(f'{list_of}_changelist')}?q={SCRIPT}"]
        if model in everything:
            pages += [reverse(f"{list_of}_{action}", args=[everything[model].pk]) for action in ("change", "delete", "history")]
        for page in pages:
            text = browser.get(page).content.decode()
            assert "<script>alert" not in text, page
            assert "<img src=x" not in text, page
            seen += ESCAPED in text
    assert seen > len(MODELS)


def test_a_script_in_a_name_is_a_text_on_the_pages(admin_person: Person, everything: dict[str, Any]) -> None:
    everything["user"].is_superuser = True
    everything["user"].save()
    browser = Client()
    browser.force_login(everything["user"])
    key = everything["snapshot"].pk
    for page in ("", "tokens/", "snapshots/", f"snapshots/{key}/", f"history/?metrics={SCRIPT}", f"compare/?a={SCRIPT}", "x/"):
        text = browser.get(f"/statistics/{page}").content.decode()
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
    assert ESCAPED in browser.get("/statistics/tokens/").content.decode()
    refused = Client().post("/statistics/sign-in/", {"username": SCRIPT, "password": "x"}).content.decode()
    assert ESCAPED in refused
    assert "<script>alert" not in refused


def test_no_exported_text_is_a_formula(viewer: Person, admin_person: Person) -> None:
    taken = generation.generate(Origin.COMMAND)
    body = Snapshot.body_of({**taken.document, "version": "=1+1", "userLanguages": {"=cmd|' /C calc'!A0": 1}})
    Snapshot.objects.filter(pk=taken.pk).update(body=body)
    action = {"action": "export_csv", "_selected_action": [taken.pk]}
    files = [
        viewer.get("statistics.export", format="csv"),
        viewer.browser().get("/statistics/snapshots/export/?format=csv"),
        admin_person.browser().post("/admin/statistics_app/snapshot/", action),
        viewer.get("statistics.history", metrics="totalUsers", format="csv"),
        viewer.browser().get("/statistics/history/file/?metrics=totalUsers&format=csv"),
    ]
    for response in files:
        text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert len(cells) > 10
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
        assert ("'=1+1" in cells) == (response in files[:3])


def test_nothing_that_a_request_says_begins_a_line_of_the_log(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_LOGIN": "", "TRUSTED_PROXIES": 1}
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    # Earlier tests may have logged the same, and added filters by configuring the log again.
    for limit in logging.getLogger("django.security.DisallowedHost").filters:
        limit._next = 0  # type: ignore[union-attr]
    for _ in range(7):
        body = {"user": FORGED, "password": PASSWORD}
        client.post("/api/v1/login", body, "application/json", headers={"X-Forwarded-For": "x\nERROR forged"})
    client.get("/api/info", headers={"Host": FORGED})
    client.get("/api/info", headers={"X-Request-ID": FORGED})
    client.post(f"/statistics/{FORGED}/", headers={"Referer": FORGED})
    client.get(f"/{FORGED}/")
    texts = [f"{record.getMessage()}{record.exc_text or ''}" for record in caplog.records]
    assert [text for text in texts if "Too many failed logins" in text]
    assert [text for text in texts if "HTTP_HOST" in text]
    assert [text for text in texts if "CSRF" in text]
    assert [text for text in texts if len(text.splitlines()) != 1] == []
