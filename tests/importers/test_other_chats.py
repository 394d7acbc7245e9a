"""What holds for the imports of all other chats: statistics as a script counts them, whatever the form of the export."""

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import CommandError, call_command

from statistics_app.sources.quarters import PLAUSIBLE
from statsproject.chat.importers.mapping import WITHOUT_TIME as NO_TIME
from statsproject.chat.models import ImportProgress, Message
from tests.importers.dumps import convert
from tests.importers.mattermost import exports as mattermost
from tests.importers.mattermost.exports import ANN, TOWN, post
from tests.importers.samples import write_export
from tests.importers.slack import exports as slack
from tests.importers.stored import PRIVATE, Files, differences, load, to_json, write_folder, write_tar, write_zip
from tests.importers.tables import empty_tables, table_hashes
from tests.importers.zulip import exports as zulip
from tests.oracles.mattermost import count as count_mattermost
from tests.oracles.slack import count as count_slack
from tests.oracles.zulip import count as count_zulip

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


class Chat(NamedTuple):
    """A kind of export: a small one, large ones by a seed and the number of messages, its archive, and its oracle."""

    small: Files
    large: Callable[[int, int], Files]
    archive: str
    pack: Callable[[Path, Files], Path]
    count: Callable[[Path], Mapping[str, Any]]


CHATS = {
    "slack": Chat(slack.SMALL, slack.large, "export.zip", write_zip, count_slack),
    "mattermost": Chat(mattermost.SMALL, mattermost.large, "export.zip", write_zip, count_mattermost),
    "zulip": Chat(zulip.SMALL, zulip.large, "export.tar.gz", write_tar, count_zulip),
}


TITLES = {"rocketchat": "Rocket.Chat", "slack": "Slack", "mattermost": "Mattermost", "zulip": "Zulip"}


def write_rocketchat(folder: Path, form: str) -> Path:
    export = write_export(folder / "dir")
    return export if form == "folder" else convert(export, folder / "backup", "archive.gz")


@pytest.mark.parametrize("form", ["folder", "archive", "around"])
@pytest.mark.parametrize(("kind", "asked"), [*permutations(TITLES, 2)])
def test_an_export_of_another_kind_is_named_with_its_command(tmp_path: Path, kind: str, asked: str, form: str) -> None:
    folder = tmp_path / "my export"
    folder.mkdir()
    if kind == "rocketchat":
        path = write_rocketchat(folder, form)
    elif form == "archive":
        path = CHATS[kind].pack(folder / CHATS[kind].archive, CHATS[kind].small)
    else:
        path = write_folder(folder / "dir" if form == "folder" else folder / "dir" / "inner", CHATS[kind].small)
        path = folder / "dir"
    with pytest.raises(CommandError) as caught:
        call_command("import_chat", asked, str(path))
    assert str(caught.value) == f"{path} is a {TITLES[kind]} export: import_chat {kind} '{path}'"


@pytest.mark.parametrize("is_packed", [False, True], ids=["folder", "archive"])
@pytest.mark.parametrize("kind", CHATS)
def test_statistics_equal_those_of_the_oracle(tmp_path: Path, kind: str, is_packed: bool) -> None:
    chat = CHATS[kind]
    for name, files in (("small", chat.small), ("large", chat.large(1, 3_000))):
        empty_tables()
        folder = tmp_path / name
        folder.mkdir()
        path = chat.pack(folder / chat.archive, files) if is_packed else write_folder(folder / "export", files)
        assert load(kind, path).rejected == 0
        assert differences(chat.count(path)) == {}


@pytest.mark.parametrize("kind", CHATS)
def test_a_folder_gives_the_same_rows_as_the_archive_and_a_second_import_changes_nothing(tmp_path: Path, kind: str) -> None:
    chat = CHATS[kind]
    files = chat.large(2, 1_500)
    load(kind, chat.pack(tmp_path / chat.archive, files))
    once = table_hashes()
    load(kind, tmp_path / chat.archive)
    assert table_hashes() == once
    load(kind, write_folder(tmp_path / "export", files))
    assert table_hashes() == once
    assert not ImportProgress.objects.exists()


# A message of a time that cannot be, in an export of each kind.
IMPLAUSIBLE: dict[str, Files] = {
    "slack": slack.SMALL | {f"{PRIVATE}-général/1970-01-01.json": to_json([slack.message(0, ts="1.000000")])},
    "mattermost": {"import.jsonl": mattermost.to_lines([*mattermost.LINES, post(TOWN, ANN, 0, create_at=1000)])},
    "zulip": zulip.to_files(zulip.REALM, [zulip.message(1, 1, 201, date_sent=1.0)]),
}


@pytest.mark.parametrize("kind", CHATS)
def test_what_has_no_plausible_time_is_counted_without_one(tmp_path: Path, kind: str) -> None:
    report = load(kind, write_folder(tmp_path / "export", IMPLAUSIBLE[kind]))
    assert report.rejected == 0
    assert Message.objects.filter(sent_at=None).count() == 1
    assert sum(Counter(stream.notes)[NO_TIME] for stream in report.streams) >= 1
    assert not Message.objects.filter(sent_at__lt=PLAUSIBLE[0]).exists()
