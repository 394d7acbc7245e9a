"""Exports of Slack workspaces: arrays of users and conversations, and a folder with the days of each conversation."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from io import BufferedReader
from pathlib import PurePosixPath
from typing import Any, ClassVar

from ...models import Room
from ..anonymous_rows import make_stable_id
from ..collection import Collection
from ..export_root import files_of_export
from ..file_stream import FileStream, Found
from ..files import StoredFile
from ..json_elements import read_array, require_array
from ..plain_values import find_id, object_in, objects_in, strings_in
from ..recognition import describe_foreign
from ..tree_export import TreeExport
from ..unread_files import describe_unread
from .rows import FILES, MEMBERS, MESSAGES, ROOMS, USERS, SlackRoom
from .shares import LastShares, find_last_shares, find_shares, is_last

USER_FILES = ("users.json", "org_users.json")
ROOM_FILES = {
    "channels.json": Room.Type.CHANNEL,
    "groups.json": Room.Type.PRIVATE_GROUP,
    "mpims.json": Room.Type.DIRECT,
    "dms.json": Room.Type.DIRECT,
}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
# The id of a conversation, after which the folder of one without a name is called.
ROOM_ID = re.compile(r"[CDG][0-9A-Z]{7,}")
# What remains of a deleted message that had replies.
REMOVED = "tombstone"


class SlackExport(TreeExport):
    """The archive that Slack makes, or the folder that it was unpacked into."""

    description: ClassVar[str] = "the .zip that Slack exports, or the folder with its contents (channels.json, users.json, …)"

    def streams(self) -> list[tuple[Collection, FileStream]]:
        """Return the collections that there are files of.

        Errors: ValueError if this is no export of Slack, or several, or if a list of users or conversations is damaged.
        """
        if not self._files:
            raise ValueError(
                describe_foreign(self.path, self.tree, "slack")
                or f"{self.path} is no export of Slack: there is no channels.json, groups.json, mpims.json or dms.json in it. "
                "Give the .zip that Slack exports, or the folder with its contents."
            )
        (users, rooms), days = self._lists, self._days()
        streams = [
            (USERS, self.stream("users", users, read_array)),
            (ROOMS, self.stream("conversations", rooms, _read_rooms)),
            (MEMBERS, self.stream("members", rooms, _read_members)),
            (MESSAGES, self.stream("messages", days, self._read_messages, [*users, *rooms])),
            (FILES, self.stream("files", days, self._read_files, [*users, *rooms])),
        ]
        return [(collection, stream) for collection, stream in streams if stream.files]

    def missing(self) -> list[str]:
        """Return the names of the files that an export of all conversations has."""
        return [name for name in (USER_FILES[0], *ROOM_FILES) if PurePosixPath(name) not in self._files]

    def remarks(self) -> list[str]:
        """Return sentences on the files that are not read, such as the logs of apps."""
        return list(describe_unread(self.tree, [file for _, stream in self.streams() for file in stream.files]))

    @cached_property
    def _files(self) -> Mapping[PurePosixPath, StoredFile]:
        return files_of_export(self.tree, ROOM_FILES)

    def _named(self, names: Iterable[str]) -> list[StoredFile]:
        return [file for name in names if (file := self._files.get(PurePosixPath(name)))]

    @cached_property
    def _lists(self) -> tuple[list[StoredFile], list[StoredFile]]:
        """The files that list the users and the conversations, of which all depends: they have been read to their ends."""
        users, rooms = self._named(USER_FILES), self._named(ROOM_FILES)
        for file in (*users, *rooms):
            require_array(file)
        return users, rooms

    def _days(self) -> list[StoredFile]:
        """Return the files with messages as they are stored: a compressed archive is slow to read in any other order."""
        return [file for path, file in self._files.items() if len(path.parts) == 2 and DAY.fullmatch(path.name)]

    @cached_property
    def _rooms(self) -> Mapping[str, SlackRoom]:
        """The conversations by their folders: these have the conversation's name or, where it has none, its id."""
        rooms: dict[str, SlackRoom] = {}
        for _, conversation, _ in self.stream("conversations", self._named(ROOM_FILES), read_array).find():
            if conversation and (id_ := find_id(conversation.get("id"))):
                pins = [pin.get("id") for pin in objects_in(conversation.get("pins"))]
                room = SlackRoom(id_, frozenset(strings_in(pins)))
                rooms.setdefault(id_, room)
                rooms.setdefault(_comparable(conversation.get("name")), room)
        return rooms

    @cached_property
    def _bots(self) -> Mapping[str, str]:
        """The accounts of bots by the ids under which these write."""
        users = (found.value or {} for found in self.stream("users", self._named(USER_FILES), read_array).find())
        bots = ((find_id(object_in(user, "profile").get("bot_id")), find_id(user.get("id"))) for user in users)
        return {bot: user for bot, user in bots if bot and user}

    def _read_messages(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        room = self._room_of(_comparable(file.path.parent.name))
        for place, message, error in read_array(file, stream):
            if message is None:
                yield Found(place, None, error)
            elif not _is_event(message):
                yield Found(place, {"room": room, "bots": self._bots, "message": message})

    def _room_of(self, folder: str) -> SlackRoom:
        """Return the conversation whose messages are in a folder: where none is listed, one of which only the id is known."""
        unlisted = folder if ROOM_ID.fullmatch(folder) else make_stable_id("conversation", folder)
        return self._rooms.get(folder) or SlackRoom(unlisted, frozenset())

    def _read_shares(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        return find_shares(file, self._read_messages(file, stream))

    @cached_property
    def _last_shares(self) -> LastShares:
        return find_last_shares(self.stream("files", self._days(), self._read_shares).find)

    def _read_files(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        return (share for share in self._read_shares(file, stream) if is_last(share, self._last_shares))


def _read_rooms(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    for place, room, error in read_array(file, stream):
        yield Found(place, None if room is None else {"room": room, "type": ROOM_FILES[file.path.name]}, error)


def _read_members(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    for place, room, _ in read_array(file, stream):
        members = room.get("members") if room else None
        for user in members if room and isinstance(members, list) else ():
            yield Found(f"{place}, member", {"room": room.get("id") if room else None, "user": user})


def _is_event(message: dict[str, Any]) -> bool:
    """Return whether a message only tells that another one was changed or deleted, or is what remains of a deleted one."""
    return message.get("hidden") is True or message.get("subtype") == REMOVED


def _comparable(name: Any) -> str:
    """Return the name of a conversation or folder in the form that is compared: macOS takes accented letters apart."""
    return unicodedata.normalize("NFC", name) if isinstance(name, str) else ""
