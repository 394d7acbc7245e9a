"""Importing an export: loaded rows, rejected documents, and repeated imports."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statistics_app.models import EventCoverage, EventRollup
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statsproject.chat.importers.load import LoadOptions, LoadStopped
from statsproject.chat.importers.load import load as load_export
from statsproject.chat.importers.rocketchat.backup import open_collection
from statsproject.chat.importers.rocketchat.drift import Drift, find_drift
from statsproject.chat.importers.rocketchat.export import RocketChatExport
from statsproject.chat.models import ImportProgress, Message, Room, Subscription, Team, Upload, User
from tests.importers.dumps import FORMATS, convert
from tests.importers.exports import AT, export, load, message, rejects, room, subscription, user
from tests.importers.tables import table_hashes
from tests.oracles.rocketchat import count

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SLICE = Path(__file__).parent.parent / "data" / "ubuntu_irc"


def small(folder: Path, ending: str = "jsonl") -> Path:
    return export(
        folder,
        ending,
        users=[user("u1", status="busy", language="de", lastLogin=AT), user("u2", active=False, roles=["guest"])],
        room=[room("d1", prid="r1"), room("r1", msgs=3), room("l1", "l", archived=True)],
        subscription=[subscription("s1"), subscription("s2", who="u2", ls=None)],
        message=[message("m1", tmid="m9"), message("m2", pinned=True, editedAt=AT), message("m3", "d1", author="visitor")],
        uploads=[{"_id": "f1", "rid": "r1", "userId": "u1", "size": {"$numberLong": "12"}}, {"_id": "f2", "rid": "gone"}],
    )


@pytest.mark.parametrize("ending", ["jsonl", "json", "jsonl.gz", "json.gz", "array"])
def test_all_formats_of_an_export_give_the_same_rows(tmp_path: Path, ending: str) -> None:
    report = load(small(tmp_path / "export", ending))
    assert (report.rejected, report.missing) == (0, [])
    assert sorted(User.objects.values_list("pk", "presence", "type", "language", "is_active")) == [
        ("u1", "busy", "user", "de", True),
        ("u2", "offline", "guest", "", False),
    ]
    assert sorted(Room.objects.values_list("pk", "type", "parent_id", "is_archived")) == [
        ("d1", "c", "r1", False),
        ("l1", "l", None, True),
        ("r1", "c", None, False),
    ]
    assert sorted(Message.objects.values_list("pk", "author_id", "thread_root_id", "is_pinned")) == [
        ("m1", "u1", "m9", False),
        ("m2", "u1", None, True),
        ("m3", None, None, False),
    ]
    assert Message.objects.get(pk="m2").edited_at.isoformat() == "2024-05-01T10:00:00.250000+00:00"
    assert sorted(Subscription.objects.values_list("pk", "user_id", "last_seen_at__year")) == [
        ("s1", "u1", 2024),
        ("s2", "u2", None),
    ]
    assert sorted(Upload.objects.values_list("pk", "room_id", "size")) == [("f1", "r1", 12), ("f2", None, 0)]


@pytest.mark.parametrize("kind", ["lines", *FORMATS])
def test_statistics_of_real_data_equal_those_of_the_oracle(tmp_path: Path, kind: str) -> None:
    path = SLICE if kind == "lines" else convert(SLICE, tmp_path, kind)
    assert load_export(RocketChatExport(path), LoadOptions(rejects=tmp_path / "rejects.jsonl")).rejected == 0
    document = generation.generate(Origin.COMMAND).document
    expected = count(SLICE)
    assert {key: document[key] for key in expected} == expected
    assert expected["totalMessages"] == 3000


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    folder = small(tmp_path / "export")
    load(folder)
    once = table_hashes()
    load(folder)
    assert table_hashes() == once
    assert not ImportProgress.objects.exists()


def test_a_newer_export_updates_what_changed_and_leaves_rights_alone(tmp_path: Path) -> None:
    load(small(tmp_path / "old"))
    User.objects.filter(pk="u1").update(is_staff=True, password="kept")
    newer = [user("u1", username="new-name", status="online"), user("u3")]
    load(export(tmp_path / "new", users=newer, message=[message("m1", pinned=True), message("m4", "l1")]))
    one = User.objects.get(pk="u1")
    assert (one.username, one.presence, one.is_staff, one.password) == ("new-name", "online", True, "kept")
    assert set(User.objects.values_list("pk", flat=True)) == {"u1", "u2", "u3"}
    assert Message.objects.get(pk="m1").is_pinned
    assert Message.objects.count() == 4


def test_imported_accounts_cannot_sign_in_and_have_no_rights(tmp_path: Path) -> None:
    load(export(tmp_path / "export", users=[user("u1", roles=["admin"])]))
    one = User.objects.get()
    assert not one.has_usable_password()
    assert (one.is_staff, one.is_superuser) == (False, False)


@pytest.mark.parametrize(
    ("collection", "document", "reason"),
    [
        ("message", "nonsense", "invalid JSON: truncated"),
        ("message", {"rid": "r1", "ts": AT}, "missing '_id'"),
        ("message", {"_id": "m1", "ts": AT}, "missing 'rid'"),
        ("message", message("m" * 256), "'_id' is not a valid id"),
        ("message", message("m1", ts={"$date": "never"}), "'ts' is not a valid time"),
        ("message", '{"_id":"m1","rid":"r1","ts":{"$da', "invalid JSON: truncated"),
        ("message", message("nul\0"), "'id' contains a NUL character"),
        ("message", '{"_id":"m1",}', "invalid JSON: trailing comma"),
        ("room", {"_id": "x1"}, "unknown room type None"),
        ("subscription", {"_id": "s1", "u": {"_id": "u1"}}, "missing 'rid'"),
        ("users", user("u9", username="x" * 151), "'username' is longer than 150 characters"),
        ("users", user("u9", username="name-u1"), "another account has this username"),
        ("uploads", {"_id": "f1", "size": -1}, "'size' is not a non-negative integer"),
    ],
)
def test_invalid_documents_are_rejected_with_a_reason_and_the_others_are_loaded(
    tmp_path: Path, collection: str, document: dict | str, reason: str
) -> None:
    documents = {
        "users": [user("u1")],
        "room": [room("r1")],
        "message": [message("ok")],
        "subscription": [subscription("ok")],
        "uploads": [{"_id": "ok"}],
    }
    documents[collection] = [*documents[collection], document]
    folder = export(tmp_path / "export", **documents)
    report = load(folder)
    assert report.reasons == {reason: 1}
    [entry] = rejects(folder)
    assert (entry["line"], entry["reason"]) == (2, reason)
    assert Path(entry["file"]).parent == folder
    assert [model.objects.count() for model in (User, Room, Message, Subscription, Upload)] == [1] * 5


def test_strict_stops_at_the_first_rejected_document_and_names_it(tmp_path: Path) -> None:
    folder = export(tmp_path / "export", users=[user("u1"), "nonsense", "more nonsense"])
    with pytest.raises(LoadStopped, match=r"users\.jsonl, document 2: invalid JSON"):
        load(folder, is_strict=True)


def test_a_dry_run_writes_nothing_and_reports_the_same_reasons(tmp_path: Path) -> None:
    folder = small(tmp_path / "export")
    export(folder, message=[message("m1"), message("m2", ts="never"), "nonsense"])
    before = table_hashes()
    report = load(folder, is_dry_run=True)
    assert table_hashes() == before
    assert report.reasons == {"'ts' is not a valid time": 1, "invalid JSON: truncated": 1}
    assert not (folder / "rejects.jsonl").exists()
    assert load(folder).reasons == report.reasons


def test_the_message_counters_of_rooms_are_compared_with_the_loaded_messages(tmp_path: Path) -> None:
    folder = export(
        tmp_path / "export",
        room=[room("r1", msgs=5), room("r2", msgs=1), room("r3", msgs={"$numberLong": "4"}), room("r4")],
        message=[message("m1"), message("m2", "r2")],
    )
    load(folder)
    assert list(find_drift(open_collection(folder, "rocketchat_room"))) == [Drift("r1", 5, 1), Drift("r3", 4, 0)]


def test_teams_are_created_from_their_rooms(tmp_path: Path) -> None:
    rooms = [room("r1", teamId="t1"), room("r2", teamId="t1", teamMain=True, name="Crew"), room("r3", teamId="t2")]
    load(export(tmp_path / "export", room=rooms))
    assert sorted(Team.objects.values_list("pk", "name")) == [("t1", "Crew"), ("t2", "t2")]
    assert Room.objects.filter(team="t1").count() == 2


def test_the_username_of_an_existing_account_is_not_taken_over(tmp_path: Path) -> None:
    existing = User.objects.create_user("name-u1", password="own")
    folder = export(tmp_path / "export", users=[user("u1")], room=[room("r1")], message=[message("m1")])
    assert load(folder).reasons == {"another account has this username": 1}
    assert User.objects.get() == existing
    assert Message.objects.get().author is None


def test_two_accounts_can_swap_usernames(tmp_path: Path) -> None:
    load(export(tmp_path / "old", users=[user("u1", username="a"), user("u2", username="b")]))
    load(export(tmp_path / "new", users=[user("u1", username="b"), user("u2", username="a")]))
    assert dict(User.objects.values_list("pk", "username")) == {"u1": "b", "u2": "a"}


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="contains none of users, rocketchat_team, rocketchat_room"):
        call_command("import_chat", "rocketchat", str(tmp_path))


def test_the_exit_status(tmp_path: Path) -> None:
    folder = str(export(tmp_path / "export", users=[user("u1"), "nonsense"]))
    with pytest.raises(SystemExit) as exit_info:
        call_command("import_chat", "rocketchat", folder, rejects=tmp_path / "r.jsonl")
    assert exit_info.value.code == 3
    with pytest.raises(CommandError):
        call_command("import_chat", "rocketchat", folder, strict=True, rejects=tmp_path / "r.jsonl")
    (tmp_path / "export" / "users.jsonl").write_text(json.dumps(user("u1")) + "\n")
    call_command("import_chat", "rocketchat", folder, rejects=tmp_path / "r.jsonl")


@pytest.mark.django_db(transaction=True)
def test_an_import_fills_the_history_and_another_one_over_it_adds_nothing(tmp_path: Path) -> None:
    folder = str(small(tmp_path / "export"))
    for _ in range(2):
        with suppress(SystemExit):
            call_command("import_chat", "rocketchat", folder, rejects=tmp_path / "r.jsonl")
        messages = EventRollup.objects.filter(key__startswith="messages")
        assert messages.aggregate(number=Sum("number"), removed=Sum("removed")) == {"number": 3, "removed": 0}
        assert EventCoverage.objects.get().is_complete


DAMAGED = st.one_of(
    st.builds(lambda number: json.dumps(message(f"m{number}")), st.integers(0, 50)),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip()),
    st.builds(lambda number, cut: json.dumps(message(f"m{number}"))[:cut], st.integers(0, 50), st.integers(1, 90)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["_id", "rid", "u", "ts", "tmid", "$date"]), inner),
    ).map(json.dumps),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(DAMAGED, max_size=30))
def test_every_damaged_line_is_either_accepted_or_rejected(tmp_path: Path, lines: list[str]) -> None:
    # The first line shows that there is a document on each line.
    lines = [json.dumps(message("m0")), *(line for line in lines if line.encode().strip())]
    Message.objects.all().delete()
    folder = export(tmp_path / "export", room=[room("r1")], users=[user("u1")], message=lines)
    report = load(folder)
    stream = report.streams[-1]
    assert stream.documents == stream.accepted + stream.rejected == len(lines)
    assert len(rejects(folder)) == stream.rejected
    assert Message.objects.count() <= stream.accepted


def test_new_and_changed_documents_may_be_mixed(tmp_path: Path) -> None:
    load(export(tmp_path / "old", room=[room("r1")], message=[message("m1"), message("m2")]))
    newer = [message("m0"), message("m1", pinned=True), message("m3")]
    load(export(tmp_path / "new", room=[room("r1", name="new"), room("r2")], message=newer))
    assert sorted(Message.objects.values_list("pk", "is_pinned")) == [("m0", False), ("m1", True), ("m2", False), ("m3", False)]
    assert sorted(Room.objects.values_list("pk", "name")) == [("r1", "new"), ("r2", "room-r2")]
