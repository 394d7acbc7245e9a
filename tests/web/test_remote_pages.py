"""The pages of a remote server: all of them work, and say what is not known, and why the server does not answer."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.event_rollup import roll_up_events
from statistics_app.models import Snapshot
from statistics_app.snapshots import generation
from statistics_app.sources.loading import chat_source
from tests.conftest import Person
from tests.services.remote_source import TOKEN, use_remote
from tests.services.replay_server import ReplayServer, Reply
from tests.sources.era_answers import answer_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

PAGES = [
    *(
        "/statistics/",
        "/statistics/history/",
        "/statistics/history/?range=1y&metrics=sentMessages,totalMessages,activePeople",
        "/statistics/activity/",
    ),
    *("/statistics/compare/", "/statistics/definitions/", "/statistics/snapshots/", "/statistics/tokens/"),
    *("/statistics/snapshots/{pk}/", "/statistics/as-of/{pk}/", "/statistics/snapshots/{pk}/export/?format=csv"),
    *("/statistics/snapshots/export/?format=jsonl", "/statistics/history/file/?metrics=totalMessages", "/admin/"),
    *("/admin/statistics_app/snapshot/", "/admin/statistics_app/snapshot/{pk}/change/"),
]
CALLS = ["statistics", "statistics.list", "statistics.history", "statistics.compare?a={pk}&b=now", "statistics.activity"]


@pytest.fixture
def taken(remote: ReplayServer) -> Snapshot:
    """A snapshot of the remote server, rolled up."""
    snapshot = generation.refresh()
    now = timezone.now()
    roll_up_events(chat_source(now), now)
    return snapshot


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown(taken: Snapshot, admin_person: Person, path: str) -> None:
    response = admin_person.browser().get(path.format(pk=taken.pk))
    assert response.status_code == 200
    content = b"".join(response.streaming_content) if response.streaming else response.content
    assert TOKEN not in content.decode(errors="replace")


@pytest.mark.parametrize("call", CALLS)
def test_every_call_of_the_api_is_answered(taken: Snapshot, admin_person: Person, call: str) -> None:
    assert admin_person.get(call.format(pk=taken.pk)).status_code == 200


def test_the_numbers_are_called_reported(taken: Snapshot, viewer: Person, remote: ReplayServer) -> None:
    page = viewer.browser().get("/statistics/").content.decode()
    assert "as reported by the server" in page
    assert "exact" not in page.partition('id="as-of"')[2].partition("</div>")[0]
    assert f'<span class="aside">{remote.name}</span>' in page
    assert "running instance" not in page


def test_the_activity_says_that_the_server_does_not_tell(taken: Snapshot, viewer: Person) -> None:
    page = viewer.browser().get("/statistics/activity/").content.decode()
    assert "The statistics of a remote server tell nothing about the authors of messages." in page


def test_what_a_server_does_not_tell_has_its_reason_on_the_page_of_the_snapshot(remote: ReplayServer, viewer: Person) -> None:
    remote.reply = Reply.of(answer_of("0.52.0", timezone.now()))
    page = viewer.browser().get(f"/statistics/snapshots/{generation.refresh().pk}/").content.decode()
    assert "The server (version 0.52.0) did not count this." in page


def test_a_reason_and_a_note_of_many_values_stand_on_the_page_once(taken: Snapshot, viewer: Person) -> None:
    page = viewer.browser().get("/statistics/").content.decode()
    keys_of = {
        text: set(re.findall(r"<code>(\w+)</code>", names))
        for names, text in re.findall(r'((?:<dt><code>\w+</code></dt>)+)<dd translate="no">(.*?)</dd>', page)
    }
    assert keys_of["The server (version 6.5.2) did not count this."] == {
        "botUsers",
        "totalDiscussionsMessages",
        "roomsInsideTeams",
    }
    [of_sums] = [keys for text, keys in keys_of.items() if text.startswith("The sum of these rooms&#x27; counters of messages")]
    assert {"totalChannelMessages", "totalDirectMessages"} < of_sums


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_button_says_why_the_server_refuses(taken: Snapshot, viewer: Person, remote: ReplayServer, headers: dict) -> None:
    remote.reply = Reply(401)
    browser = viewer.browser()
    response = browser.post("/statistics/refresh/", headers=headers)
    assert response.headers["HX-Redirect" if headers else "Location"] == "/statistics/"
    page = browser.get("/statistics/").content.decode()
    assert f"{remote.name} did not accept the user id and the token" in page
    assert "48,211" in page


def test_before_the_first_snapshot_the_page_says_why_there_is_none(remote: ReplayServer, viewer: Person) -> None:
    remote.reply = Reply(403)
    browser = viewer.browser()
    assert "The last attempt failed" not in browser.get("/statistics/").content.decode()
    browser.post("/statistics/refresh/")
    browser.get("/statistics/")  # which shows the message of the button, once
    page = browser.get("/statistics/").content.decode()
    assert f"The last attempt failed: {remote.name} does not show its statistics" in page


def test_an_overdue_snapshot_has_the_reason(taken: Snapshot, viewer: Person, remote: ReplayServer) -> None:
    Snapshot.objects.filter(pk=taken.pk).update(created_at=taken.created_at - timedelta(hours=3))
    remote.reply = Reply(500)
    viewer.browser().post("/statistics/refresh/")
    page = viewer.browser().get("/statistics/").content.decode()
    assert "A newer snapshot is overdue" in page
    assert f"{remote.name} failed to answer (500). See its log. It is tried again by itself." in page
    assert "See the log for details" not in page


def test_the_button_in_the_admin_says_why_too(remote: ReplayServer, admin_person: Person) -> None:
    remote.reply = Reply(404)
    browser = admin_person.browser()
    browser.post("/admin/statistics_app/snapshot/take/")
    assert f"{remote.name} has no api/v1/statistics" in browser.get("/admin/statistics_app/snapshot/").content.decode()


def test_back_on_its_own_tables_the_workspace_shows_these(taken: Snapshot, settings: Settings, viewer: Person) -> None:
    use_remote(settings, "", SOURCE="statsproject.chat.statistics_source.WorkspaceSource")
    assert viewer.get("statistics", refresh="true").json()["totalMessages"] == 0
