"""Exports of Zulip organizations: the tables of a database in JSON files, the messages in many of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from io import BufferedReader
from pathlib import PurePosixPath
from typing import Any, ClassVar

from ..collection import Collection
from ..contents import Contents
from ..export_root import files_of_export
from ..file_stream import FileStream, Found
from ..files import StoredFile
from ..json_elements import read_tables
from ..plain_values import find_id
from ..recognition import describe_foreign
from ..tree_export import TreeExport
from ..unread_files import describe_unread
from .recipients import PROFILES, RECIPIENTS, TABLES, Recipients, RecipientType, group_id, is_pair
from .rows import ATTACHMENTS, MEMBERS, MESSAGES, ROOMS, USERS

REALM = PurePosixPath("realm.json")
ATTACHMENT = PurePosixPath("attachment.json")
MESSAGE_FILE = re.compile(r"messages-\d+\.json")
CHANNELS = "zerver_stream"
SUBSCRIPTIONS = "zerver_subscription"


class ZulipExport(TreeExport):
    """The archive that Zulip makes, or the folder in it."""

    description: ClassVar[str] = "the .tar.gz that Zulip exports, or the folder in it (realm.json, messages-000001.json, …)"

    def streams(self) -> list[tuple[Collection, FileStream]]:
        """Return the collections that there are files of.

        Errors: ValueError if this is no export of Zulip, or several, or one whose realm.json is damaged.
        """
        if not self._files:
            raise ValueError(
                describe_foreign(self.path, self.tree, "zulip")
                or f"{self.path} is no export of Zulip: there is no realm.json in it. "
                "Give the .tar.gz that Zulip exports, or the folder in it."
            )
        _ = self._recipients  # finds out whether realm.json is damaged, before anything is written
        realm, messages = [self._files[REALM]], self._message_files()
        attachments = [self._files[ATTACHMENT]] if ATTACHMENT in self._files else []
        streams = [
            (USERS, self.stream("users", realm, _read_users)),
            (ROOMS, self.stream("channels", realm, self._read_rooms, messages)),
            (MEMBERS, self.stream("subscriptions", realm, self._read_members)),
            (MESSAGES, self.stream("messages", messages, self._read_messages, realm)),
            (ATTACHMENTS, self.stream("attachments", attachments, _read_attachments)),
        ]
        return [(collection, stream) for collection, stream in streams if stream.files]

    def missing(self) -> list[str]:
        """Return the names of the files that other exports of Zulip have."""
        missing = [] if self._message_files() else ["messages-000001.json"]
        return missing if ATTACHMENT in self._files else [*missing, ATTACHMENT.name]

    def remarks(self) -> list[str]:
        """Return sentences on the files that are not read."""
        return list(describe_unread(self.tree, [file for _, stream in self.streams() for file in stream.files]))

    @cached_property
    def _files(self) -> Mapping[PurePosixPath, StoredFile]:
        return files_of_export(self.tree, (REALM.name,))

    def _message_files(self) -> list[StoredFile]:
        """Return the files with messages as they are stored: a compressed archive is slow to read in any other order."""
        return [file for path, file in self._files.items() if len(path.parts) == 1 and MESSAGE_FILE.fullmatch(path.name)]

    @cached_property
    def _recipients(self) -> Recipients:
        file = self._files[REALM]
        with Contents(file) as contents:
            return Recipients.read(_rows_of(file, contents.stream))

    @cached_property
    def _pairs(self) -> Sequence[str]:
        """The rooms of two people, which only their messages tell of."""
        messages = self.stream("messages", self._message_files(), self._read_messages)
        rooms = {found.value["room"] for found in messages.find() if found.value}
        return sorted(room for room in rooms if room and is_pair(room))

    def _read_rooms(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        for table, (place, row, error) in read_tables(file, stream, (CHANNELS, RECIPIENTS)):
            if table == CHANNELS:
                yield Found(place, None if row is None else {"channel": row}, error)
            elif row and row.get("type") == RecipientType.GROUP and (group := find_id(row.get("type_id"))):
                yield Found(place, {"room": group_id(group)})
        for room in self._pairs:
            yield Found(f"zerver_message, {room}", {"room": room})

    def _read_members(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        for _, (place, subscription, error) in read_tables(file, stream, (SUBSCRIPTIONS,)):
            room = self._recipients.rooms.get(find_id((subscription or {}).get("recipient")) or "")
            if subscription is None:
                yield Found(place, None, error)
            # Everyone is subscribed to what is sent to them, too.
            elif room and subscription.get("active") is not False:
                yield Found(place, {"subscription": subscription, "room": room})

    def _read_messages(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        for place, message, error in _read_table(file, stream, "zerver_message"):
            room = self._recipients.room_of(message) if message else None
            yield Found(place, None if message is None else {"message": message, "room": room}, error)


def _read_users(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    return (found for _, found in read_tables(file, stream, PROFILES))


def _read_attachments(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    return _read_table(file, stream, "zerver_attachment")


def _read_table(file: StoredFile, stream: BufferedReader, name: str) -> Iterator[Found]:
    """Yield the rows of a table in a file. If the file is damaged, yield those that are complete, and an error."""
    for table, found in read_tables(file, stream, (name,)):
        yield found if table else found._replace(error=f"the file is damaged, rows of it may be missing: {found.error}")


def _rows_of(file: StoredFile, stream: BufferedReader) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows that recipients are known from. Errors: ValueError if the file is damaged."""
    for table, found in read_tables(file, stream, TABLES):
        if not table:
            raise ValueError(f"{file.location} cannot be read: {found.error}. Export or copy it again.")
        if found.value is not None:
            yield table, found.value
