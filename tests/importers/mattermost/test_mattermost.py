"""Importing bulk exports of Mattermost."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statsproject.chat.importers.repeated_ids import find_repeated
from statsproject.chat.models import Message, Room, Subscription, Team, Upload, User
from tests.importers.mattermost.exports import (
    ANN,
    AT,
    BOB,
    DEN,
    LINES,
    SMALL,
    TOWN,
    channel,
    direct_post,
    line,
    post,
    sent,
    to_lines,
    user,
)
from tests.importers.stored import (
    PRIVATE,
    balances,
    differences,
    load,
    rejects,
    rejects_of,
    stored_text,
    write_folder,
    write_zip,
)
from tests.importers.tables import table_hashes
from tests.importers.test_meaning import IN_PLACEHOLDERS, WITHOUT_USER
from tests.oracles.mattermost import count

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def export(path: Path, *lines: Any) -> Path:
    """Write a file with one team, two channels, two people, and more lines."""
    path.write_bytes(to_lines([LINES[0], channel(TOWN), channel(DEN, "P"), user(ANN, TOWN), user(BOB), *lines]))
    return path


def sent_at() -> dict[int, Message]:
    """Return the messages by the milliseconds after AT."""
    return {round(row.sent_at.timestamp() * 1000) - AT: row for row in Message.objects.select_related("room", "author")}


def test_all_that_an_export_contains_is_loaded(tmp_path: Path) -> None:
    report = load("mattermost", write_zip(tmp_path / "export.zip", SMALL))
    assert (report.rejected, report.missing) == (0, [])
    assert sorted(User.objects.values_list("type", "is_active", "language")) == [
        ("bot", True, ""),
        ("guest", True, ""),
        ("user", False, ""),
        ("user", True, "de"),
    ]
    assert set(User.objects.values_list("date_joined", flat=True)) == {None}
    assert set(Room.objects.values_list("created_at", flat=True)) == {None}
    [team] = Team.objects.all()
    assert sorted(Room.objects.values_list("type", "is_archived", "team")) == [
        ("c", False, team.pk),
        ("c", True, team.pk),
        ("d", False, None),
        ("d", False, None),
        ("d", False, None),
        ("p", False, team.pk),
    ]
    seen = Subscription.objects.order_by("room__type").values_list("room__type", "last_seen_at")
    assert [type_ for type_, _ in seen] == [*"cc", *"dddddd", "p"]
    assert {moment and round(moment.timestamp() * 1000) - AT for _, moment in seen} == {5, None}


def test_threads_edits_pins_and_authors(tmp_path: Path) -> None:
    load("mattermost", write_zip(tmp_path / "export.zip", SMALL))
    messages = sent_at()
    assert sorted(messages) == list(range(1, 12))
    roots = {at: row.thread_root_id for at, row in messages.items() if row.thread_root_id}
    assert roots == {3: messages[2].pk, 4: messages[2].pk, 11: messages[10].pk}
    assert {at for at, row in messages.items() if row.is_pinned} == {1}
    assert {at: round(row.edited_at.timestamp() * 1000) - AT for at, row in messages.items() if row.edited_at} == {1: 9}
    assert {at for at, row in messages.items() if row.author is None} == {7}
    assert {at for at, row in messages.items() if row.author and row.author.type == "bot"} == {6}
    assert messages[3].author == messages[1].author


def test_attached_files_have_their_sizes_in_the_archive(tmp_path: Path) -> None:
    load("mattermost", write_zip(tmp_path / "export.zip", SMALL))
    messages = sent_at()
    assert sorted(Upload.objects.values_list("size", "user_id", "room_id")) == [
        (size, messages[at].author_id, messages[at].room_id) for size, at in ((0, 2), (10, 2), (20, 4))
    ]


def test_a_file_of_lines_is_read_as_it_is_and_compressed(tmp_path: Path) -> None:
    plain = tmp_path / "bulk"
    plain.write_bytes(SMALL["import.jsonl"])
    load("mattermost", plain)
    once = table_hashes()
    assert set(Upload.objects.values_list("size", flat=True)) == {0}
    packed = tmp_path / "bulk.jsonl.gz"
    packed.write_bytes(gzip.compress(SMALL["import.jsonl"]))
    assert load("mattermost", packed).rejected == 0
    assert table_hashes() == once


def test_an_edited_post_and_new_ones_keep_the_ids_of_the_others(tmp_path: Path) -> None:
    load("mattermost", export(tmp_path / "old.jsonl", post(TOWN, ANN, 1), post(TOWN, ANN, 3)))
    old = {at: row.pk for at, row in sent_at().items()}
    edited = post(TOWN, ANN, 1, edit_at=AT + 50, message="other", replies=[sent(BOB, 9)])
    load("mattermost", export(tmp_path / "new.jsonl", edited, post(TOWN, ANN, 2), post(TOWN, ANN, 3)))
    assert {at: pk for at, pk in ((at, row.pk) for at, row in sent_at().items()) if at in old} == old
    assert Message.objects.count() == 4


def test_posts_of_the_same_moment_are_several_messages_and_replies_follow_their_own(tmp_path: Path) -> None:
    same = [post(DEN, ANN, 1, replies=[sent(BOB, 2)]), post(DEN, ANN, 1, replies=[sent(BOB, 2)]), post(TOWN, ANN, 1)]
    path = export(tmp_path / "export.jsonl", *same, post(DEN, ANN, 1))
    load("mattermost", path)
    assert Message.objects.count() == 6
    assert Message.objects.exclude(thread_root=None).values("thread_root").distinct().count() == 2
    once = table_hashes()
    load("mattermost", path)
    assert table_hashes() == once


def test_equal_replies_to_equal_posts_are_several_messages_with_ids_that_stay(tmp_path: Path) -> None:
    replies = [sent(BOB, 2), sent(BOB, 2), sent(ANN, 3)]
    path = export(tmp_path / "export.jsonl", *(post(DEN, ANN, 1, replies=replies) for _ in range(3)), post(DEN, ANN, 9))
    load("mattermost", path)
    assert Message.objects.count() == 3 * 4 + 1
    threads = Message.objects.exclude(thread_root=None).values_list("thread_root").annotate(number=Count("pk"))
    assert [number for _, number in threads] == [3, 3, 3]
    once = table_hashes()
    load("mattermost", path)
    assert table_hashes() == once


def test_numbers_that_occur_several_times_are_found() -> None:
    numbers = [0, 1, 2**64 - 1, 5, 1, 2**63, 2**64 - 1, 1]
    assert find_repeated(numbers) == {1, 2**64 - 1}
    assert find_repeated([]) == frozenset()


def test_participants_of_newer_exports_are_members(tmp_path: Path) -> None:
    participants = [{"username": ANN, "last_viewed_at": AT + 7}, {"username": BOB}]
    path = export(tmp_path / "export.jsonl", line("direct_channel", participants=participants), direct_post([BOB, ANN], ANN, 1))
    assert load("mattermost", path).rejected == 0
    assert Subscription.objects.filter(room__type="d").count() == 2
    assert sent_at()[1].room.type == "d"


def test_what_is_in_channels_or_of_people_that_are_missing_is_kept(tmp_path: Path) -> None:
    lines = [user("x", "y"), line("direct_channel", members=["x", "gone"]), post("nowhere", "gone", 1, replies=[sent(ANN, 2)])]
    path = export(tmp_path / "export.jsonl", *lines, direct_post([ANN, BOB], ANN, 3))
    report = load("mattermost", path)
    assert report.rejected == 0
    assert {stream.name: dict(stream.notes) for stream in report.streams if stream.name in ("members", "posts")} == {
        "members": {IN_PLACEHOLDERS: 1, WITHOUT_USER: 1},
        "posts": {IN_PLACEHOLDERS: 3, WITHOUT_USER: 1},
    }
    assert Room.objects.filter(type=Room.Type.UNKNOWN).count() == 3
    assert differences(count(path)) == {}
    load("mattermost", export(tmp_path / "newer.jsonl", channel("nowhere", "P"), line("direct_channel", members=[BOB, ANN])))
    assert {at: row.room.type for at, row in sent_at().items()} == {1: "p", 2: "p", 3: "d"}


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        ({"type": "post"}, "missing 'post'"),
        ({"no": "type"}, "missing 'type'"),
        (["post"], "not a JSON object"),
        (post(TOWN, "", 1), "missing 'user'"),
        (post("", ANN, 1), "missing 'channel'"),
        (post(TOWN, ANN, 1, create_at=None), "missing 'create_at'"),
        (post(TOWN, ANN, 1, create_at="soon"), "'create_at' is not a valid time"),
        (post(TOWN, ANN, 1, create_at=10**30), "'create_at' is not a valid time"),
        (channel(f"{PRIVATE}-x", "X"), "unknown channel type 'X'"),
        (user(""), "missing 'username'"),
        (line("direct_channel", members=[]), "missing 'members'"),
        (line("direct_post", **sent(ANN, 1)), "missing 'members'"),
    ],
)
def test_invalid_documents_are_rejected_with_a_reason_and_the_others_are_loaded(
    tmp_path: Path, damaged: Any, reason: str
) -> None:
    path = export(tmp_path / "export.jsonl", damaged, post(TOWN, ANN, 2))
    report = load("mattermost", path)
    assert report.reasons == {reason: 1}
    assert balances(report)
    [entry] = rejects(path)
    assert entry["text"].startswith("line 7")
    assert list(sent_at()) == [2]


def test_replies_to_a_post_that_cannot_be_loaded_are_rejected_too(tmp_path: Path) -> None:
    path = export(tmp_path / "export.jsonl", post(TOWN, "", 1, replies=[sent(ANN, 2), "none"]))
    assert load("mattermost", path).reasons == {
        "missing 'user'": 1,
        "a reply to a post that cannot be loaded": 1,
        "not a JSON object": 1,
    }


def test_lines_cut_off_are_rejected_once_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_bytes(
        SMALL["import.jsonl"] + b'{"type":"post","post":{"team":"\n{"ty\n\n' + json.dumps(post(TOWN, ANN, 99)).encode()
    )
    report = load("mattermost", path)
    assert report.reasons == {"invalid JSON: truncated": 2}
    assert [entry["text"] for entry in rejects(path)] == ["line 22", "line 23"]
    assert 99 in sent_at()


def test_no_names_texts_and_addresses_are_stored(tmp_path: Path) -> None:
    damaged = to_lines([*LINES, post(TOWN, ANN, 1, create_at=PRIVATE), {"text": PRIVATE, "type": "post"}])[:-5]
    path = write_zip(tmp_path / "export.zip", {**SMALL, "import.jsonl": damaged})
    assert load("mattermost", path).rejected == 2
    assert PRIVATE not in stored_text()
    assert PRIVATE not in "".join(entry["text"] for entry in rejects(path))


def test_several_exports_and_none_are_refused(tmp_path: Path) -> None:
    other = write_folder(tmp_path / "other", {"users.json": b"[]"})
    with pytest.raises(CommandError, match="is no bulk export of Mattermost"):
        call_command("import_chat", "mattermost", other)
    several = write_folder(tmp_path / "several", {"a.jsonl": SMALL["import.jsonl"], "b.jsonl": SMALL["import.jsonl"]})
    with pytest.raises(CommandError, match="There are several exports"):
        call_command("import_chat", "mattermost", several)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([TOWN, ANN, AT, f"{PRIVATE}-team"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["team", "channel", "user", "create_at", "edit_at", "replies", "attachments", "channel_members", "members", "type"]
FIELDS += ["participants", "username", "name", "teams", "roles", "locale", "delete_at", "path"]
TYPES = ["post", "direct_post", "channel", "direct_channel", "user", "bot", "team", "version", "other"]

DAMAGED = st.one_of(
    st.sampled_from(LINES).map(json.dumps),
    st.builds(lambda one, cut: json.dumps(one)[:cut], st.sampled_from(LINES), st.integers(1, 200)),
    st.builds(
        lambda type_, value: json.dumps({"type": type_, type_: value}),
        st.sampled_from(TYPES),
        st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6) | ANYTHING,
    ),
    ANYTHING.map(json.dumps),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(DAMAGED, max_size=20))
def test_every_damaged_document_is_either_accepted_or_rejected(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "export.jsonl"
    path.write_bytes(SMALL["import.jsonl"] + "\n".join(lines).encode())
    for model in (Message, Upload, Subscription, Room, Team, User):
        model.objects.all().delete()
    report = load("mattermost", path)
    assert balances(report)
    assert len(rejects_of(path).read_text().splitlines()) == report.rejected
    assert Message.objects.count() == next(stream.accepted for stream in report.streams if stream.name == "posts")
