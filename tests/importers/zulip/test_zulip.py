"""Importing exports of Zulip."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statsproject.chat.models import Message, Room, Subscription, Upload, User
from tests.importers.stored import (
    PRIVATE,
    balances,
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
from tests.importers.zulip.exports import AT, FIRST, REALM, SMALL, large, message, to_files

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_all_that_an_export_contains_is_loaded(tmp_path: Path) -> None:
    report = load("zulip", write_tar(tmp_path / "export.tar.gz", SMALL))
    assert (report.rejected, report.missing) == (0, [])
    assert sorted(User.objects.values_list("pk", "username", "type", "is_active", "language", "last_login__year")) == [
        ("1", "1", "user", True, "de", 2023),
        ("2", "2", "guest", True, "en", None),
        ("3", "3", "bot", True, "en", None),
        ("4", "4", "user", False, "en", None),
        ("5", "5", "user", False, "en", None),
    ]
    assert User.objects.get(pk="1").date_joined.timestamp() == AT - 1000
    assert sorted(Room.objects.values_list("pk", "type", "is_archived")) == [
        ("group-1", "d", False),
        ("people-1-1", "d", False),
        ("people-1-2", "d", False),
        ("people-1-5", "d", False),
        ("people-1-90", "d", False),
        ("stream-1", "c", False),
        ("stream-2", "p", False),
        ("stream-3", "c", True),
    ]
    assert sorted(Subscription.objects.values_list("room", "user")) == [("group-1", "3"), ("stream-1", "1"), ("stream-2", "2")]


def test_messages_to_a_system_bot_are_in_the_room_of_those_that_it_writes(tmp_path: Path) -> None:
    realm = {
        **REALM,
        "zerver_userprofile_crossrealm": [{"id": 90, "email": f"{PRIVATE}-bot@chat.example", "recipient_id": 190}],
    }
    files = to_files(realm, [message(1, 90, 101), message(2, 1, 190)])
    assert load("zulip", write_tar(tmp_path / "export.tar.gz", files)).rejected == 0
    assert set(Message.objects.values_list("room", flat=True)) == {"people-1-90"}
    assert not User.objects.filter(pk="90").exists()


def test_messages_between_two_people_share_a_room_whoever_writes(tmp_path: Path) -> None:
    load("zulip", write_tar(tmp_path / "export.tar.gz", SMALL))
    messages = {row.pk: row for row in Message.objects.all()}
    assert {pk: row.room_id for pk, row in messages.items()} == {
        "11": "stream-1",
        "12": "stream-2",
        "13": "group-1",
        "14": "people-1-2",
        "15": "people-1-2",
        "16": "people-1-1",
        "17": "people-1-90",
        "18": "people-1-5",
        "19": "stream-3",
    }
    assert {pk for pk, row in messages.items() if row.author is None} == {"17"}
    assert {pk: row.edited_at.timestamp() for pk, row in messages.items() if row.edited_at} == {"11": AT + 60}
    assert messages["11"].sent_at.timestamp() == AT + 1
    assert messages["19"].sent_at.isoformat() == "2023-11-15T10:00:00.500000+00:00"


def test_attachments_belong_to_the_room_of_their_first_message(tmp_path: Path) -> None:
    load("zulip", write_tar(tmp_path / "export.tar.gz", SMALL))
    uploads = Upload.objects.values_list("pk", "room_id", "user_id", "size", "name")
    assert sorted(uploads) == [("21", "people-1-2", "1", 10, ""), ("22", None, "1", 20, "")]


def test_messages_to_recipients_that_are_missing_are_kept(tmp_path: Path) -> None:
    files = to_files(REALM, [message(1, 1, 999), message(2, 1, 999), message(3, 77, 201)])
    report = load("zulip", write_tar(tmp_path / "export.tar.gz", files))
    assert report.rejected == 0
    assert dict(report.streams[-1].notes) == {IN_PLACEHOLDERS: 2, WITHOUT_USER: 1}
    assert Room.objects.get(type=Room.Type.UNKNOWN).pk == "recipient-999"


def test_another_folder_around_an_export_changes_nothing(tmp_path: Path) -> None:
    files = large(2, 1_500)
    load("zulip", write_tar(tmp_path / "export.tar.gz", files))
    once = table_hashes()
    around = {f"zulip-export-k2/{name}": contents for name, contents in files.items()}
    load("zulip", write_zip(tmp_path / "export.zip", around))
    assert table_hashes() == once


def test_old_exports_call_the_time_pub_date(tmp_path: Path) -> None:
    old = {**message(1, 1, 201), "pub_date": AT}
    del old["date_sent"]
    assert load("zulip", write_folder(tmp_path / "export", to_files(REALM, [old]))).rejected == 0
    assert Message.objects.get().sent_at.timestamp() == AT


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        ({}, "missing 'id'"),
        ("text", "not a JSON object"),
        (message(1, 1, None), "missing 'recipient'"),
        (message(1, [1], 201), "'sender' is not a valid id"),
        (message(1, 1, 201, date_sent=None), "missing 'date_sent'"),
        (message(1, 1, 201, date_sent="2023-11-15T10:00:00"), "'date_sent' is a time without a time zone"),
        (message(1, 1, 201, date_sent=True), "'date_sent' is not a valid time"),
        (message(1, 1, 201, date_sent=1e300), "'date_sent' is not a valid time"),
    ],
)
def test_invalid_messages_are_rejected_with_a_reason_and_the_others_are_loaded(
    tmp_path: Path, damaged: Any, reason: str
) -> None:
    path = write_folder(tmp_path / "export", to_files(REALM, [damaged, message(2, 1, 201)]))
    report = load("zulip", path)
    assert report.reasons == {reason: 1}
    assert [entry["text"] for entry in rejects(path)] == ["messages-000001.json, zerver_message: 1"]
    assert Message.objects.get().pk == "2"


def test_of_a_file_with_messages_that_is_cut_off_the_complete_ones_are_loaded(tmp_path: Path) -> None:
    whole = SMALL["messages-000001.json"]
    path = write_folder(tmp_path / "export", {**SMALL, "messages-000001.json": whole[: whole.index(b'"id": 15') + 10]})
    report = load("zulip", path)
    assert balances(report)
    assert report.reasons["invalid JSON: truncated"] == 1
    assert any(reason.startswith("the file is damaged, rows of it may be missing") for reason in report.reasons)
    assert {"11", "12", "13", "14", "17"} <= set(Message.objects.values_list("pk", flat=True))


def test_no_names_texts_and_addresses_are_stored(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "export.tar.gz", {**SMALL, **to_files(REALM, [*FIRST, PRIVATE, message(1, 1, [PRIVATE])])})
    assert load("zulip", path).rejected == 2
    assert PRIVATE not in stored_text()
    assert PRIVATE not in "".join(entry["text"] for entry in rejects(path))


def test_what_is_no_export_and_a_damaged_realm_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"is no export of Zulip: there is no realm\.json"):
        call_command("import_chat", "zulip", write_folder(tmp_path / "other", {"users.json": b"[]"}))
    damaged = write_folder(tmp_path / "damaged", {**SMALL, "realm.json": SMALL["realm.json"][:-9]})
    with pytest.raises(CommandError, match=r"realm\.json cannot be read: invalid JSON"):
        call_command("import_chat", "zulip", damaged)
    assert not User.objects.exists()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([1, 2, 101, 201, 301, AT]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [
    "id",
    "sender",
    "recipient",
    "date_sent",
    "last_edit_time",
    "type",
    "type_id",
    "user_profile",
    "active",
    "size",
    "owner",
]
FIELDS += ["messages", "create_time", "is_bot", "is_active", "role", "default_language", "date_joined", "invite_only"]
TABLES = [*REALM, "zerver_message", "zerver_attachment"]
ROWS = st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING) | ANYTHING, max_size=5) | ANYTHING


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_damaged_document_is_either_accepted_or_rejected(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["realm.json", "messages-000001.json", "attachment.json"]))
    tables = json.loads(SMALL[name]) | data.draw(st.dictionaries(st.sampled_from(TABLES), ROWS, max_size=3))
    contents = to_json(tables)
    if name != "realm.json" and data.draw(st.booleans()):
        start = data.draw(st.integers(0, len(contents)))
        contents = contents[:start] + data.draw(st.binary(max_size=9)) + contents[start + data.draw(st.integers(0, 99)) :]
    path = write_folder(tmp_path / "export", {**SMALL, name: contents})
    for model in (Message, Upload, Subscription, Room, User):
        model.objects.all().delete()
    report = load("zulip", path)
    assert balances(report)
    assert len(rejects_of(path).read_text().splitlines()) == report.rejected
