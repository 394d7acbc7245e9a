"""Importing exports of Slack."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statsproject.chat.importers.slack.export import SlackExport
from statsproject.chat.models import Message, Room, Subscription, Upload, User
from tests.importers.slack.exports import AT, PRIVATE, SMALL, file, message, room, thread
from tests.importers.stored import (
    balances,
    differences,
    load,
    rejects,
    rejects_of,
    stored_text,
    to_json,
    write_folder,
    write_tar,
    write_zip,
)
from tests.importers.tables import table_hashes
from tests.importers.test_meaning import IN_PLACEHOLDERS, WITHOUT_USER
from tests.oracles.slack import count

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TALK = f"{PRIVATE}-général/2023-11-14.json"


def at(second: float) -> str:
    return f"{AT + second:.6f}"


def test_all_that_an_export_contains_is_loaded(tmp_path: Path) -> None:
    report = load("slack", write_zip(tmp_path / "export.zip", SMALL))
    assert (report.rejected, report.missing) == (0, [])
    assert sorted(User.objects.values_list("pk", "username", "type", "is_active", "language")) == [
        ("U1", "U1", "user", True, "de-DE"),
        ("U2", "U2", "guest", True, ""),
        ("U3", "U3", "guest", False, ""),
        ("U4", "U4", "bot", True, ""),
        ("USLACKBOT", "USLACKBOT", "bot", True, ""),
    ]
    assert sorted(Room.objects.values_list("pk", "type", "is_archived", "created_at__year")) == [
        ("C1", "c", False, 2023),
        ("C2", "c", True, 2023),
        ("D1", "d", False, 2023),
        ("G1", "p", False, 2023),
        ("G2", "d", False, 2023),
    ]
    assert Subscription.objects.count() == 9
    assert set(User.objects.values_list("date_joined", flat=True)) == {None}
    assert Message.objects.get(pk=f"D1-{at(1.5)}").sent_at.timestamp() == AT + 1.5


def test_threads_edits_pins_and_bots(tmp_path: Path) -> None:
    load("slack", write_zip(tmp_path / "export.zip", SMALL))
    messages = {row.pk.removeprefix("C1-"): row for row in Message.objects.filter(room="C1")}
    assert {pk: row.thread_root_id for pk, row in messages.items() if row.thread_root_id} == {
        at(3): f"C1-{at(2)}",
        at(4): f"C1-{at(2)}",
    }
    assert {pk for pk, row in messages.items() if row.is_pinned} == {at(1), at(11)}
    assert {pk: row.edited_at.timestamp() for pk, row in messages.items() if row.edited_at} == {at(1): AT + 9}
    authors = {pk: row.author_id for pk, row in messages.items()}
    assert [authors[at(second)] for second in (5, 6, 7, 11, 90_000)] == ["U4", None, "U2", None, "U2"]


def test_hidden_events_and_remains_of_removed_messages_are_no_messages(tmp_path: Path) -> None:
    load("slack", write_zip(tmp_path / "export.zip", SMALL))
    assert not Message.objects.filter(pk__in=[f"C1-{at(9)}", f"C1-{at(10)}"]).exists()


def test_files_are_counted_once_and_where_they_were_shared_last(tmp_path: Path) -> None:
    load("slack", write_zip(tmp_path / "export.zip", SMALL))
    files = Upload.objects.values_list("pk", "room_id", "user_id", "size", "name")
    assert sorted(files) == [("F1", "G1", "U1", 10, ""), ("F4", "C1", "U2", 40, "")]


def test_shared_last_means_on_the_last_day_and_not_in_the_last_folder(tmp_path: Path) -> None:
    first = {f"{PRIVATE}-team/2023-11-14.json": to_json([message(1, files=[file("F9", 1)])])}
    second = {f"{PRIVATE}-général/2023-11-15.json": to_json([message(90_000, files=[file("F9", 1)])])}
    for name, files in (("one.zip", first | second), ("other.zip", second | first)):
        load("slack", write_zip(tmp_path / name, {**SMALL, **files}))
        assert Upload.objects.get(pk="F9").room_id == "C1"


def test_days_are_read_as_they_are_stored_and_a_compressed_archive_in_one_go(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "export.tar.gz", dict(reversed(SMALL.items())))
    streams = {stream.name: stream for _, stream in SlackExport(path).streams()}
    stored = [name for name in reversed(SMALL) if "/" in name]
    assert [str(file.path) for file in streams["messages"].files] == stored
    assert [str(file.path) for file in streams["files"].files] == stored
    assert load("slack", path).rejected == 0
    assert differences(count(write_folder(tmp_path / "export", SMALL))) == {}


def test_no_names_texts_and_addresses_are_stored(tmp_path: Path) -> None:
    damaged = [message(1, "U1"), message(2, ts=PRIVATE), message(3, "U1", user=[PRIVATE]), f"{PRIVATE} text"]
    path = write_zip(tmp_path / "export.zip", {**SMALL, TALK: to_json(damaged)})
    assert load("slack", path).rejected == 3
    assert PRIVATE not in stored_text()
    assert {entry["reason"] for entry in rejects(path)} == {
        "'ts' is not a valid time",
        "'user' is not a valid id",
        "not a JSON object",
    }
    assert all(entry["text"].startswith(f"{TALK}: ") for entry in rejects(path))
    assert "text" not in "".join(entry["text"] for entry in rejects(path))


def test_an_export_of_public_channels_reports_what_is_missing(tmp_path: Path) -> None:
    public = {name: contents for name, contents in SMALL.items() if name in ("users.json", "channels.json", TALK)}
    report = load("slack", write_zip(tmp_path / "export.zip", public))
    assert report.missing == ["groups.json", "mpims.json", "dms.json"]
    assert report.rejected == 0
    assert Room.objects.count() == 2


def test_what_is_in_conversations_or_of_people_that_are_missing_is_kept(tmp_path: Path) -> None:
    elsewhere = [message(1, "UGONE", files=[file("F8", 3)]), message(2), message(3, **thread(1))]
    files = {
        **SMALL,
        "dms.json": to_json([room("D1", "U1", "UGONE")]),
        f"{PRIVATE}-elsewhere/2023-11-14.json": to_json(elsewhere),
        "C0123ABCD/2023-11-14.json": to_json([message(4)]),
    }
    path = write_zip(tmp_path / "export.zip", files)
    report = load("slack", path)
    assert report.rejected == 0
    assert {stream.name: dict(stream.notes) for stream in report.streams if stream.name in ("members", "messages")} == {
        "members": {WITHOUT_USER: 1},
        "messages": {IN_PLACEHOLDERS: 4, WITHOUT_USER: 2},
    }
    placeholders = Room.objects.filter(type=Room.Type.UNKNOWN)
    assert placeholders.count() == 2
    assert Upload.objects.get(pk="F8").room in placeholders
    assert PRIVATE not in stored_text()
    assert differences(count(path)) == {}
    listed = {**SMALL, "channels.json": to_json([room("C0123ABCD", name="found")])}
    load("slack", write_zip(tmp_path / "newer.zip", listed))
    assert Message.objects.get(pk=f"C0123ABCD-{at(4)}").room.type == "c"


def test_folders_around_an_export_and_what_macos_adds_do_not_matter(tmp_path: Path) -> None:
    load("slack", write_folder(tmp_path / "export", SMALL))
    once = table_hashes()
    wrapped = {f"Acme Slack export/{name}": contents for name, contents in SMALL.items()}
    extra = {f"__MACOSX/Acme Slack export/._{name}": b"\0\1" for name in SMALL}
    assert load("slack", write_zip(tmp_path / "wrapped.zip", {**extra, **wrapped})).rejected == 0
    assert table_hashes() == once


def test_names_of_folders_with_accented_letters_taken_apart_are_found(tmp_path: Path) -> None:
    decomposed = {name.replace("é", "e\u0301"): contents for name, contents in SMALL.items()}
    assert load("slack", write_folder(tmp_path / "export", decomposed)).rejected == 0
    assert Message.objects.filter(room="C1").count() == 10


def test_several_exports_and_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"is no export of Slack: there is no channels\.json"):
        call_command("import_chat", "slack", write_folder(tmp_path / "other", {"users.json": b"[]"}))
    for name in "ab":
        write_folder(tmp_path / "several" / name, SMALL)
    with pytest.raises(CommandError, match="There are several exports: a, b"):
        call_command("import_chat", "slack", tmp_path / "several")


@pytest.mark.parametrize("name", ["users.json", "channels.json", "dms.json"])
@pytest.mark.parametrize("damage", [lambda contents: contents[:-9], lambda contents: b"", lambda contents: b"{}"])
def test_a_damaged_list_stops_before_anything_is_written(tmp_path: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    path = write_zip(tmp_path / "export.zip", {**SMALL, name: damage(SMALL[name])})
    with pytest.raises(CommandError, match=rf"{path}/{name} cannot be read: .*\. Export or copy it again\."):
        call_command("import_chat", "slack", path)
    assert not User.objects.exists()


def test_a_damaged_day_costs_only_the_messages_that_cannot_be_told(tmp_path: Path) -> None:
    day = to_json([message(number) for number in range(5)])
    cut = day.replace(b'"ts": "%b"' % at(2).encode(), b'"ts": "17', 1)
    path = write_zip(tmp_path / "export.zip", {**SMALL, TALK: cut})
    report = load("slack", path)
    assert balances(report)
    assert report.rejected >= 1
    assert {f"C1-{at(0)}", f"C1-{at(1)}", f"C1-{at(4)}"} <= set(Message.objects.values_list("pk", flat=True))


def test_a_damaged_member_of_the_archive_is_reported_and_the_others_are_loaded(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "export.zip", {**SMALL, "D1/2023-11-14.json": bytes(range(256)) * 8})
    contents = path.read_bytes()
    start = contents.index(b"D1/2023-11-14.json") + len(b"D1/2023-11-14.json")
    path.write_bytes(contents[: start + 20] + b"\xff" * 40 + contents[start + 60 :])
    report = load("slack", path)
    assert balances(report)
    assert any("truncated or corrupt" in reason for reason in report.reasons)
    assert Message.objects.filter(room="C1").count() == 10


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([at(1), "C1", "U1", "tombstone"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [
    "ts",
    "user",
    "thread_ts",
    "edited",
    "files",
    "file",
    "bot_id",
    "pinned_to",
    "hidden",
    "subtype",
    "id",
    "name",
    "members",
]
FIELDS += ["pins", "created", "profile", "deleted", "is_archived"]


def damage(contents: bytes) -> st.SearchStrategy[bytes]:
    """Cut a file, replace some bytes of it, or repeat them."""
    places = st.integers(0, len(contents))
    return st.one_of(
        places.map(lambda end: contents[:end]),
        st.builds(lambda start, new: contents[:start] + new + contents[start + len(new) :], places, st.binary(max_size=9)),
        st.builds(lambda start, length: contents[: start + length] + contents[start:], places, st.integers(0, 99)),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_damaged_document_is_either_accepted_or_rejected(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["users.json", "channels.json", "dms.json", TALK]))
    made_up = st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING) | ANYTHING, max_size=8).map(to_json)
    path = write_folder(tmp_path / "export", {**SMALL, name: data.draw(damage(SMALL[name]) | made_up)})
    for model in (Message, Upload, Subscription, Room, User):
        model.objects.all().delete()
    try:
        report = load("slack", path)
    except ValueError:
        # A list of users or conversations, without which nothing is loaded.
        assert name != TALK
        assert not User.objects.exists()
        return
    assert balances(report)
    assert len(rejects_of(path).read_text().splitlines()) == report.rejected
