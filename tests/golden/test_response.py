"""The documented response of `statistics`: its keys, their order and types, and identical bytes on repetition."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Person
from tests.factories import make_messages, make_room, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EXAMPLE = json.loads((Path(__file__).parent / "documented.json").read_text())
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TIMES = {"installedAt", "lastLogin", "lastMessageSentAt", "lastSeenSubscription", "createdAt", "_updatedAt"}
ADDITIONAL = {
    "busyUsers": int,
    "totalConnectedUsers": int,
    "appUsers": int,
    "botUsers": int,
    "activeGuests": int,
    "userLanguages": dict,
    "totalLivechat": int,
    "totalThreads": int,
    "totalDiscussions": int,
    "totalDiscussionsMessages": int,
    "totalRoomsWithPinned": int,
    "totalPinned": int,
    "uploadsTotal": int,
    "uploadsTotalSize": int,
    "teams": dict,
    "roomsInsideTeams": int,
}


@pytest.fixture
def document(viewer: Person) -> dict[str, Any]:
    """The body of a refresh in a chat with a user, rooms, messages and a subscription."""
    make_messages(make_room(), 3, author=make_user())
    viewer.user.subscriptions.create(room=make_room(), last_seen_at=viewer.user.date_joined)
    viewer.user.last_login = viewer.user.date_joined
    viewer.user.save()
    response = viewer.get("statistics", refresh="true")
    assert response.status_code == 200
    return response.json()


def shape(value: Any) -> Any:
    """Replace values by the names of their types; integers and other numbers are distinguished."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])]
    return "number" if isinstance(value, float) else type(value).__name__


def test_every_documented_key_is_there_in_the_documented_order(document: dict[str, Any]) -> None:
    assert [key for key in document if key in EXAMPLE] == list(EXAMPLE)


def test_every_key_is_written_once(viewer: Person) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    json.loads(viewer.get("statistics").content, object_pairs_hook=once)


def test_every_documented_value_has_the_documented_type(document: dict[str, Any]) -> None:
    documented = {key: shape(value) for key, value in EXAMPLE.items()}
    actual = {key: shape(document[key]) for key in EXAMPLE}
    actual["process"].pop("runtime")
    assert actual == documented


def test_the_additional_keys_are_there_and_no_others(document: dict[str, Any]) -> None:
    additional = {key: type(value) for key, value in document.items() if key not in EXAMPLE}
    assert additional == ADDITIONAL


def test_times_have_three_digits_and_z(document: dict[str, Any]) -> None:
    for key in TIMES:
        assert TIME.fullmatch(document[key]), key
    assert TIME.fullmatch(document["migration"]["lockedAt"])
    assert TIME.fullmatch(document["migration"]["buildAt"])


def test_ids_have_seventeen_characters(document: dict[str, Any]) -> None:
    assert len(document["_id"]) == 17


def test_sums_agree(document: dict[str, Any]) -> None:
    assert document["totalUsers"] == document["activeUsers"] + document["nonActiveUsers"]
    assert document["totalUsers"] == sum(document[f"{presence}Users"] for presence in ("online", "away", "busy", "offline"))
    kinds = ("totalChannels", "totalPrivateGroups", "totalDirect", "totlalLivechat")
    assert document["totalRooms"] == sum(document[kind] for kind in kinds)
    messages = ("totalChannelMessages", "totalPrivateGroupMessages", "totalDirectMessages", "totalLivechatMessages")
    assert document["totalMessages"] == sum(document[kind] for kind in messages)
    assert document["totlalLivechat"] == document["totalLivechat"]


def test_a_refresh_and_the_next_response_are_the_same_bytes(viewer: Person) -> None:
    refreshed = viewer.get("statistics", refresh="true")
    again = viewer.get("statistics")
    assert refreshed.content == again.content
    assert refreshed.headers["Content-Type"] == again.headers["Content-Type"] == "application/json"


def test_a_refresh_takes_a_new_snapshot(viewer: Person) -> None:
    first, second = (viewer.get("statistics", refresh="true").json() for _ in range(2))
    assert first["_id"] != second["_id"]
    assert first["process"]["uptime"] != second["process"]["uptime"]
    assert first["uniqueId"] == second["uniqueId"]
    assert first["installedAt"] == second["installedAt"]
