"""The documented answer: its keys, their order, their types; and the same bytes again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.chatter import make_messages, make_room, make_user
from tests.conftest import Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EXAMPLE = json.loads((Path(__file__).parent / "documented.json").read_text())
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TIMES = {"installedAt", "lastLogin", "lastMessageSentAt", "lastSeenSubscription", "createdAt", "_updatedAt"}
FURTHER = {
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
    "totalPinned": int,
    "uploadsTotal": int,
    "uploadsTotalSize": int,
    "teams": dict,
}


@pytest.fixture
def answer(viewer: Person) -> dict[str, Any]:
    make_messages(make_room(), 3, author=make_user())
    viewer.user.subscriptions.create(room=make_room(), last_seen_at=viewer.user.date_joined)
    viewer.user.last_login = viewer.user.date_joined
    viewer.user.save()
    response = viewer.get("statistics", refresh="true")
    assert response.status_code == 200
    return response.json()


def shape(value: Any) -> Any:
    """Reduce a value to the types in it; whole and broken numbers differ."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])]
    return "number" if isinstance(value, float) else type(value).__name__


def test_every_documented_key_is_there_in_the_documented_order(answer: dict[str, Any]) -> None:
    assert [key for key in answer if key in EXAMPLE] == list(EXAMPLE)


def test_every_key_is_written_once(viewer: Person) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    json.loads(viewer.get("statistics").content, object_pairs_hook=once)


def test_every_documented_value_has_the_documented_type(answer: dict[str, Any]) -> None:
    documented = {key: shape(value) for key, value in EXAMPLE.items()}
    given = {key: shape(answer[key]) for key in EXAMPLE}
    given["process"].pop("runtime")
    assert given == documented


def test_the_further_keys_are_there_and_no_others(answer: dict[str, Any]) -> None:
    further = {key: type(value) for key, value in answer.items() if key not in EXAMPLE}
    assert further == FURTHER


def test_times_have_three_digits_and_z(answer: dict[str, Any]) -> None:
    for key in TIMES:
        assert TIME.fullmatch(answer[key]), key
    assert TIME.fullmatch(answer["migration"]["lockedAt"])
    assert TIME.fullmatch(answer["migration"]["buildAt"])


def test_ids_have_seventeen_characters(answer: dict[str, Any]) -> None:
    assert len(answer["_id"]) == 17


def test_sums_agree(answer: dict[str, Any]) -> None:
    assert answer["totalUsers"] == answer["activeUsers"] + answer["nonActiveUsers"]
    assert answer["totalUsers"] == sum(answer[f"{presence}Users"] for presence in ("online", "away", "busy", "offline"))
    kinds = ("totalChannels", "totalPrivateGroups", "totalDirect", "totlalLivechat")
    assert answer["totalRooms"] == sum(answer[kind] for kind in kinds)
    messages = ("totalChannelMessages", "totalPrivateGroupMessages", "totalDirectMessages", "totalLivechatMessages")
    assert answer["totalMessages"] == sum(answer[kind] for kind in messages)
    assert answer["totlalLivechat"] == answer["totalLivechat"]


def test_a_refresh_and_the_plain_answer_after_it_are_the_same_bytes(viewer: Person) -> None:
    refreshed = viewer.get("statistics", refresh="true")
    again = viewer.get("statistics")
    assert refreshed.content == again.content
    assert refreshed.headers["Content-Type"] == again.headers["Content-Type"] == "application/json"


def test_a_refresh_is_another_snapshot(viewer: Person) -> None:
    first, second = (viewer.get("statistics", refresh="true").json() for _ in range(2))
    assert first["_id"] != second["_id"]
    assert first["process"]["uptime"] != second["process"]["uptime"]
    assert first["uniqueId"] == second["uniqueId"]
    assert first["installedAt"] == second["installedAt"]
