"""Rooms and people on the page of activity, and in its files: what is named to whom."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from statistics_app.accounts.displays import issue_display_token
from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Upload
from tests.conftest import Person
from tests.factories import make_messages, make_room, make_user

from .test_activity_page import rows_of, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.fixture(autouse=True)
def messages() -> None:
    """Messages in a public and a private room, yesterday and 40 days ago, and in one that is quiet."""
    now = timezone.now()
    public, private = make_room("c", name="general"), make_room("p", name="=secret")
    make_messages(public, 4, sent_at=now - timedelta(days=1), author=make_user("anna"))
    make_messages(public, 2, sent_at=now - timedelta(days=40), author=make_user("ben"))
    make_messages(private, 9, thread_root_id="a-root", sent_at=now - timedelta(days=1), author=make_user("cleo"))
    make_messages(make_room("c", name="old times"), 1, sent_at=now - timedelta(days=200), author=make_user("<dora>"))
    Upload.objects.create(room=private, size=3_000_000)
    roll_up_events(chat_source(now), now)
    backfill_history(chat_source(now), now)


def permit(person: Person, codename: str) -> None:
    person.user.user_permissions.add(Permission.objects.get(codename=codename))


def test_rooms_are_listed_with_the_time_before(viewer: Person) -> None:
    text = text_of(viewer)
    assert text.index("Private group ") < text.index("general</th>")
    assert "+2 (+100 %)" in text
    assert "Rooms that are not public are named by their kind and a number." in text
    assert "secret" not in text
    # A room grows by nine messages, of which nobody may know the name.
    assert "grows most in this time: +9 messages compared with the same time before it" in text
    assert "old times" in text.partition("Rooms gone quiet")[2]


def test_a_display_names_no_room_and_no_account_whatever_its_owner_may_see(viewer: Person) -> None:
    permit(viewer, "view_room_names")
    permit(viewer, "view_people")
    screen = Client()
    screen.cookies["statistics_display"] = issue_display_token(viewer.user, "hall")
    text = "".join(screen.get(f"/statistics/display/{page}").content.decode() for page in ("", "activity/"))
    assert "<b>2 people</b> wrote in the last 28 days" in text
    assert not [name for name in ("general", "secret", "old times", "Private group ", "anna", "viewer") if name in text]


def test_a_reader_with_the_permission_sees_all_names(viewer: Person) -> None:
    permit(viewer, "view_room_names")
    text = text_of(viewer)
    assert "=secret</th>" in text
    assert "named by their kind and a number" not in text


def test_storage_is_listed_by_room(viewer: Person) -> None:
    storage = text_of(viewer).partition("Storage by room")[2].partition("</div>\n</div>")[0]
    assert "Private group " in storage
    assert "2.9 MB</td>" in storage
    assert "general" not in storage


def test_threads_have_a_chart_of_their_own_and_discussions_only_if_there_are_any(viewer: Person) -> None:
    text = text_of(viewer)
    assert "Messages in threads, by day" in text
    assert "In discussions" not in text
    head, *days = rows_of(viewer, "show=shares")
    assert head[2::2] == ["In threads", "In discussions"]
    assert {row[2] for row in days} == {"", "69.23076923076923"}


def test_people_are_listed_to_those_who_may_see_them(viewer: Person) -> None:
    assert 'id="who"' not in text_of(viewer)
    for show in ("most-active", "without-activity"):
        assert viewer.browser().get("/statistics/activity/file/", {"show": show}).status_code == 400
    permit(viewer, "view_people")
    page = viewer.browser().get("/statistics/activity/?tz=UTC").content.decode()
    active, _, idle = page.partition('id="who"')[2].partition('id="without-activity"')
    assert "anna" in active
    assert "cleo" in active
    assert "ben" not in active + idle
    assert "&lt;dora&gt;" in idle


def test_the_files_have_the_rows_of_the_tables(viewer: Person) -> None:
    permit(viewer, "view_room_names")
    permit(viewer, "view_people")
    head, first, second = rows_of(viewer, "show=rooms")
    numbers = ["messages", "messages before", "growth in percent", "people"]
    assert head == ["room", *numbers, "last message in UTC", "files", "bytes"]
    # What begins like a formula is none.
    assert first[:5] == ["'=secret", "9", "0", "", "1"]
    assert second[:5] == ["general", "4", "2", "100.0", "1"]
    assert first[6:] == ["1", "3000000"]
    assert [row[0] for row in rows_of(viewer, "show=storage")[1:]] == ["'=secret"]
    assert [row[0] for row in rows_of(viewer, "show=quiet-rooms")[1:]] == ["old times"]
    assert {(row[0], row[1]) for row in rows_of(viewer, "show=most-active")[1:]} == {("anna", "1"), ("cleo", "1")}
    assert [row[0] for row in rows_of(viewer, "show=without-activity")[1:]] == ["<dora>"]


def test_without_rooms_the_page_says_so(viewer: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": "statistics_app.sources.base.ChatSource"}
    assert "No data on single rooms for this period." in text_of(viewer)
    assert len(rows_of(viewer, "show=rooms")) == 1
