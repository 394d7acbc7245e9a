"""The operations about activity: what they answer, to whom, and with which names."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Upload
from tests.api.test_schema import require_valid
from tests.conftest import Person
from tests.factories import make_messages, make_room, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.fixture(autouse=True)
def messages() -> None:
    """Messages of three people in a public and a private room, yesterday and 40 days ago."""
    public, private = make_room("c", name="general"), make_room("p", name="secret plans")
    make_room("d", name="old")
    yesterday, before = timezone.now() - timedelta(days=1), timezone.now() - timedelta(days=40)
    for number, (room, moment) in enumerate(((public, yesterday), (public, before), (private, yesterday))):
        make_messages(room, 3 + number, sent_at=moment, author=make_user(f"author-{number}"))
    Upload.objects.create(room=public, size=500)
    make_messages(make_room("c", name="quiet"), 1, sent_at=timezone.now() - timedelta(days=100))
    roll_up_events(chat_source(timezone.now()), timezone.now())
    backfill_history(chat_source(timezone.now()), timezone.now())


def ask(person: Person, operation: str, component: str, **parameters: str) -> dict[str, Any]:
    answer = person.get(f"statistics.{operation}", **parameters)
    assert answer.status_code == 200, answer.content
    require_valid(answer, component)
    return answer.json()


def permit(person: Person, codename: str) -> None:
    person.user.user_permissions.add(Permission.objects.get(codename=codename))


def test_rooms_that_are_not_public_have_no_name(viewer: Person) -> None:
    answer = ask(viewer, "rooms", "Rooms")
    first, second = answer["rooms"]
    assert (first["name"], first["type"], first["messages"], first["messagesBefore"], first["people"]) == (None, "p", 5, 0, 1)
    assert (second["name"], second["messages"], second["messagesBefore"], second["growth"]) == ("general", 3, 4, -25)
    assert (answer["count"], answer["total"], answer["problem"]) == (2, 2, None)
    assert "secret" not in str(answer)


def test_names_of_all_rooms_take_a_permission(viewer: Person) -> None:
    permit(viewer, "view_room_names")
    assert [room["name"] for room in ask(viewer, "rooms", "Rooms")["rooms"]] == ["secret plans", "general"]


def test_rooms_are_paged(viewer: Person) -> None:
    answer = ask(viewer, "rooms", "Rooms", offset="1", count="1")
    assert [room["name"] for room in answer["rooms"]] == ["general"]
    assert (answer["count"], answer["offset"], answer["total"]) == (1, 1, 2)


def test_quiet_rooms(viewer: Person) -> None:
    assert [room["name"] for room in ask(viewer, "rooms", "Rooms", withoutActivity="90")["rooms"]] == ["quiet"]


def test_rooms_by_the_size_of_their_files(viewer: Person) -> None:
    answer = ask(viewer, "rooms", "Rooms", orderBy="bytes")
    assert [(room["name"], room["files"], room["bytes"]) for room in answer["rooms"]] == [("general", 1, 500)]
    assert answer["total"] == 1
    assert answer["filesAt"] is not None


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"orderBy": "name"}, "'orderBy' must be one of messages, bytes, not 'name'."),
        ({"orderBy": "bytes", "withoutActivity": "9"}, "'orderBy' cannot be 'bytes' together with 'withoutActivity'."),
        ({"withoutActivity": "0"}, "'withoutActivity' must be from 1 to 36525."),
        ({"withoutActivity": "x"}, "'withoutActivity' must be a whole number of 0 or more, not 'x'."),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "'since' must be before 'until'"),
        ({"count": "-1"}, "'count' must be a whole number of 0 or more, not '-1'."),
    ],
)
def test_what_is_wrong_is_named(viewer: Person, parameters: dict[str, str], reason: str) -> None:
    answer = viewer.get("statistics.rooms", **parameters)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]


def test_people_take_a_permission(viewer: Person) -> None:
    assert viewer.get("statistics.people").status_code == 403
    permit(viewer, "view_people")
    answer = ask(viewer, "people", "People")
    assert sorted(one["name"] for one in answer["people"]) == ["author-0", "author-2"]
    assert {one["daysActive"] for one in answer["people"]} == {1}
    assert answer["total"] == 2
    idle = ask(viewer, "people", "People", withoutActivity="30", tz="Asia/Kathmandu")
    assert [one["name"] for one in idle["people"]] == ["author-1"]


def test_activity_names_nobody(viewer: Person) -> None:
    permit(viewer, "view_people")
    answer = ask(viewer, "activity", "Activity", step="week", tz="Europe/Berlin")
    series = {one["metric"]: one["values"] for one in answer["series"]}
    assert sum(value or 0 for value in series["activePeople"]) == 2
    assert sum(value or 0 for value in series["sentPrivateGroupMessages"]) == 5
    assert (answer["recent"]["people"], answer["recent"]["peopleBefore"]) == (2, 1)
    assert len(answer["hours"]["averages"]) == 7
    assert "author-" not in str(answer)


def test_what_is_not_known_of_people_is_null_with_the_reason(viewer: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": "statistics_app.sources.base.ChatSource"}
    activity, rooms = ask(viewer, "activity", "Activity"), ask(viewer, "rooms", "Rooms")
    assert "the authors of messages" in activity["problem"]
    assert (activity["recent"], activity["cohorts"]) == (None, None)
    assert "individual rooms" in rooms["problem"]
    assert rooms["rooms"] == []


def test_small_numbers_of_people_can_be_hidden(viewer: Person, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "HIDE_PEOPLE_BELOW": 5}
    answer = ask(viewer, "activity", "Activity", step="week")
    series = {one["metric"]: one for one in answer["series"]}
    for key in ("activePeople", "peopleIn1", "peopleIn28", "stickiness", "people-new", "perPerson"):
        assert not {value for value in series[key]["values"] if value}
        assert not {value for value in series[key].get("greatest", ()) if value}
    assert (answer["recent"]["people"], answer["recent"]["peopleBefore"]) == (None, None)
    assert {people for month in answer["cohorts"] for people in month["people"]} <= {None, 0}
    assert {room["people"] for room in ask(viewer, "rooms", "Rooms")["rooms"]} <= {None, 0}
    page = viewer.browser().get("/statistics/activity/").content.decode()
    assert "Fewer than 5 people" in page
    assert "Numbers of fewer than 5 people are not shown." in page
