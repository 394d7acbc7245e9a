"""The meaning of an export's documents: what counts as what, and what is kept of documents that are not complete."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from statistics_app.models import EventRollup
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statsproject.chat.importers.load import LoadStopped
from statsproject.chat.importers.rocketchat.backup import open_collection
from statsproject.chat.importers.rocketchat.drift import find_drift
from statsproject.chat.models import Message, Room, Subscription, Team, Upload, User
from tests.importers.exports import AT, export, load, message, rejects, room, subscription, user
from tests.importers.tables import table_hashes
from tests.oracles.rocketchat import count

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NO_TIMES: list[Any] = [
    None,
    {"$date": {"$numberLong": "-62135596800000"}},  # year 1
    {"$date": {"$numberLong": "-62135596800001"}},
    {"$date": "9999-12-31T23:59:59.999Z"},
    {"$date": {"$numberLong": "253402300800000"}},  # year 10000
    {"$date": "1969-12-31T23:59:59.999Z"},
    {"$date": 0},
]
SKIPPED = "skipped, since they are not messages: former versions of edited messages, or removed ones"
WITHOUT_TIME = "kept without a plausible time: in totals, but in no chart"
IN_PLACEHOLDERS = "kept in placeholder rooms: the export does not contain the room they refer to"
WITHOUT_USER = "kept without the user they refer to: the export does not contain it"


def copy_of(ident: str) -> dict[str, Any]:
    """Return what Rocket.Chat keeps of a message's former text."""
    return message(f"h{ident}", _hidden=True, parent=ident, editedAt=AT)


def statistics() -> dict[str, Any]:
    return generation.generate(Origin.COMMAND).document


def differences_from_the_oracle(folder: Path) -> dict[str, tuple[Any, Any]]:
    """Return the statistics that differ from those of the plain script: (expected, found) by key."""
    document = statistics()
    expected = count(folder)
    return {key: (value, document[key]) for key, value in expected.items() if document[key] != value}


def test_former_versions_of_edited_messages_are_no_messages(tmp_path: Path) -> None:
    messages = [message(f"m{number}", editedAt=AT) for number in range(10)]
    copies = [copy_of(f"m{number}") for number in range(10)]
    folder = export(tmp_path / "export", users=[user("u1")], room=[room("r1", msgs=10)], message=[*messages, *copies])
    report = load(folder)
    assert report.rejected == 0
    assert report.streams[-1].notes == {SKIPPED: 10}
    assert (report.streams[-1].documents, report.streams[-1].accepted) == (20, 20)
    assert Message.objects.count() == 10
    assert list(find_drift(open_collection(folder, "rocketchat_room"))) == []
    assert differences_from_the_oracle(folder) == {}


def test_a_removed_root_is_no_message_and_its_replies_are(tmp_path: Path) -> None:
    messages = [message("root", t="rm"), message("m1", tmid="root"), message("m2", _deletedAt=AT), message("m3", t="uj")]
    folder = export(tmp_path / "export", users=[user("u1")], room=[room("r1", msgs=2)], message=messages)
    assert load(folder).streams[-1].notes == {SKIPPED: 2}
    assert set(Message.objects.values_list("pk", flat=True)) == {"m1", "m3"}
    assert statistics()["totalThreads"] == 1
    assert differences_from_the_oracle(folder) == {}


def test_a_message_that_is_removed_in_a_newer_export_is_removed(tmp_path: Path) -> None:
    load(export(tmp_path / "old", room=[room("r1")], message=[message("m1"), message("m2")]))
    load(export(tmp_path / "new", message=[message("m1", _hidden=True), message("m2")]))
    assert list(Message.objects.values_list("pk", flat=True)) == ["m2"]


def test_rooms_of_other_types_are_counted_among_all_rooms_only(tmp_path: Path) -> None:
    rooms = [room("r1"), *(room(f"x{letter}", letter) for letter in "veuo")]
    messages = [message("m1"), message("m2", "xv")]
    folder = export(tmp_path / "export", users=[user("u1")], room=rooms, message=messages)
    assert load(folder).rejected == 0
    document = statistics()
    by_kind = ("totalChannels", "totalPrivateGroups", "totalDirect", "totalLivechat")
    assert (document["totalRooms"], [document[key] for key in by_kind]) == (5, [1, 0, 0, 0])
    assert (document["totalMessages"], document["totalChannelMessages"]) == (2, 1)
    assert differences_from_the_oracle(folder) == {}


def test_teams_come_from_their_own_collection(tmp_path: Path) -> None:
    teams = [{"_id": "t1", "name": "Team One", "roomId": "r1"}, {"_id": {"$oid": "5f"}, "name": "Empty"}]
    rooms = [room("r1", teamId="t1", teamMain=True, name="crew"), room("r2", teamId={"$oid": "5f"}), room("r3", teamId="t3")]
    folder = export(tmp_path / "export", team=teams, room=rooms)
    assert load(folder).rejected == 0
    assert dict(Team.objects.values_list("pk", "name")) == {"t1": "Team One", "5f": "Empty", "t3": "t3"}
    assert dict(Room.objects.values_list("pk", "team")) == {"r1": "t1", "r2": "5f", "r3": "t3"}
    assert differences_from_the_oracle(folder) == {}


def test_an_export_without_teams_lacks_nothing(tmp_path: Path) -> None:
    folder = export(tmp_path / "export", users=[], room=[], subscription=[], message=[], uploads=[])
    assert load(folder).missing == []


def test_rooms_are_named_as_they_are_shown_but_not_after_visitors(tmp_path: Path) -> None:
    rooms = [
        room("disc", "p", prid="r1", name="x7Rk", fname="A discussion"),
        room("r1", name="groesse", fname="Größe & Maß"),
        room("plain"),
        {**room("liv", "l", fname="Visitor A"), "name": None},
    ]
    load(export(tmp_path / "export", room=rooms))
    names = dict(Room.objects.values_list("pk", "name"))
    assert names == {"disc": "A discussion", "r1": "Größe & Maß", "plain": "room-plain", "liv": ""}


@pytest.mark.parametrize("no_time", NO_TIMES, ids=str)
def test_what_has_no_plausible_time_is_counted_without_one(tmp_path: Path, no_time: Any) -> None:
    folder = export(
        tmp_path / "export",
        users=[user("u1"), user("u2", createdAt=no_time, lastLogin=no_time)],
        room=[room("r1"), room("r2", ts=no_time)],
        subscription=[subscription("s1", ls=no_time)],
        message=[message("m1"), message("m2", ts=no_time, editedAt=no_time)],
        uploads=[{"_id": "f1", "rid": "r1", "size": 5, "uploadedAt": no_time}],
    )
    report = load(folder)
    assert report.rejected == 0
    noted = {stream.name: dict(stream.notes) for stream in report.streams if stream.notes}
    timed = ("users", "rocketchat_room", "rocketchat_message")
    assert noted["rocketchat_uploads.jsonl"] == {WITHOUT_TIME: 1}
    assert [noted[f"{name}.jsonl"] for name in timed] == [{WITHOUT_TIME: 1}] * 3
    unknown = (User.objects.get(pk="u2").date_joined, Room.objects.get(pk="r2").created_at, Upload.objects.get().uploaded_at)
    assert (*unknown, Message.objects.get(pk="m2").sent_at) == (None,) * 4
    document = statistics()
    assert [document[key] for key in ("totalUsers", "totalRooms", "totalMessages", "uploadsTotal")] == [2, 2, 2, 1]
    assert document["lastMessageSentAt"] == AT["$date"]
    assert (document["lastLogin"], document["lastSeenSubscription"]) == (None, None)
    assert differences_from_the_oracle(folder) == {}


@pytest.mark.django_db(transaction=True)
def test_what_has_no_plausible_time_is_in_no_chart(tmp_path: Path) -> None:
    messages = [message("m1"), *(message(f"x{number}", ts=no_time) for number, no_time in enumerate(NO_TIMES))]
    folder = export(tmp_path / "export", users=[user("u1", createdAt=None)], room=[room("r1", ts=None)], message=messages)
    output = io.StringIO()
    call_command("import_chat", "rocketchat", str(folder), rejects=tmp_path / "r.jsonl", stdout=output)
    assert f"7 documents {WITHOUT_TIME}" in output.getvalue()
    assert "7 of chat.Message have no plausible time" in output.getvalue()
    in_charts = EventRollup.objects.order_by().values_list("key").annotate(Sum("number"))
    assert {key: number for key, number in in_charts if number} == {"messages:c": 1}
    assert statistics()["totalMessages"] == 8


def placeholders(folder: Path) -> Path:
    return export(
        folder,
        users=[user("u1")],
        room=[room("r1")],
        subscription=[subscription("s1", "gone")],
        message=[message("m1"), message("m2", "gone"), message("m3", "gone", pinned=True), message("m4", "lost")],
    )


def test_messages_and_subscriptions_of_missing_rooms_are_kept_in_placeholders(tmp_path: Path) -> None:
    folder = placeholders(tmp_path / "export")
    for _ in range(2):
        report = load(folder)
        assert report.rejected == 0
        assert [dict(stream.notes) for stream in report.streams[-2:]] == [{IN_PLACEHOLDERS: 1}, {IN_PLACEHOLDERS: 3}]
    assert sorted(Room.objects.filter(type=Room.Type.UNKNOWN).values_list("pk", "created_at")) == [
        ("gone", None),
        ("lost", None),
    ]
    assert Subscription.objects.get().room_id == "gone"
    document = statistics()
    assert [document[key] for key in ("totalRooms", "totalChannels", "totalMessages", "totalChannelMessages")] == [1, 1, 4, 1]
    assert differences_from_the_oracle(folder) == {}


def test_the_document_of_a_room_replaces_its_placeholder(tmp_path: Path) -> None:
    folder = placeholders(tmp_path / "export")
    load(folder)
    load(export(tmp_path / "rooms", room=[room("gone", "p"), room("lost", "d")]))
    at_last = table_hashes()
    assert not Room.objects.filter(type=Room.Type.UNKNOWN).exists()
    document = statistics()
    keys = ("totalRooms", "totalMessages", "totalChannelMessages", "totalPrivateGroupMessages", "totalDirectMessages")
    assert [document[key] for key in keys] == [3, 4, 1, 2, 1]
    load(folder)
    assert table_hashes() == at_last


def test_the_report_says_how_many_placeholders_there_are(tmp_path: Path) -> None:
    output = io.StringIO()
    call_command("import_chat", "rocketchat", str(placeholders(tmp_path / "export")), rejects=tmp_path / "r", stdout=output)
    assert (
        f"rocketchat_message.jsonl: 4 documents, 4 accepted, 0 rejected\n  3 documents {IN_PLACEHOLDERS}\n" in output.getvalue()
    )
    assert "Placeholder rooms, whose documents have not been imported: 2\n" in output.getvalue()


def test_a_dry_run_reports_the_same_notes(tmp_path: Path) -> None:
    folder = placeholders(tmp_path / "export")
    dry = load(folder, is_dry_run=True)
    assert not Room.objects.exists()
    assert dry == load(folder)


def test_rows_of_missing_users_are_kept_without_them(tmp_path: Path) -> None:
    folder = export(
        tmp_path / "export",
        users=[user("u1")],
        room=[room("r1")],
        subscription=[subscription("s1"), subscription("s2", who="visitor")],
        message=[message("m1"), message("m2", author="visitor")],
    )
    report = load(folder)
    assert [dict(stream.notes) for stream in report.streams[-2:]] == [{WITHOUT_USER: 1}] * 2
    assert sorted(Subscription.objects.values_list("pk", "user")) == [("s1", "u1"), ("s2", None)]
    assert sorted(Message.objects.values_list("pk", "author")) == [("m1", "u1"), ("m2", None)]
    assert differences_from_the_oracle(folder) == {}


def test_ids_of_messages_from_other_servers_are_long(tmp_path: Path) -> None:
    ident = f"${'x' * 200}:matrix.example.org"
    load(export(tmp_path / "export", room=[room("r1")], message=[message(ident), message("m2", tmid=ident)]))
    assert Message.objects.get(pk="m2").thread_root_id == ident == Message.objects.exclude(pk="m2").get().pk


def test_notes_add_up_over_a_resumed_import(tmp_path: Path) -> None:
    messages = [copy_of("m1") if number % 10_000 == 0 else message(f"m{number}") for number in range(10_002)]
    folder = export(tmp_path / "export", room=[room("r1")], message=[*messages, "nonsense"])
    with pytest.raises(LoadStopped):
        load(folder, is_strict=True)
    assert load(folder).streams[-1].notes == {SKIPPED: 2, WITHOUT_USER: 10_000}
    assert [entry["line"] for entry in rejects(folder)] == [10_003]
