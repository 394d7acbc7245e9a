"""Bulk exports of Mattermost: one file of JSON Lines, in an archive together with the attached files."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from io import BufferedReader
from pathlib import PurePosixPath
from typing import ClassVar

from ..collection import Collection
from ..file_stream import FileReader, FileStream, Found
from ..files import StoredFile
from ..plain_values import objects_in, text_of
from ..recognition import BULK_ATTACHED, describe_foreign, find_bulk_exports
from ..repeated_ids import find_repeated
from ..tree_export import TreeExport
from ..unread_files import describe_unread
from .lines import identities, read_members, read_posts, read_rooms, read_teams, read_users
from .rows import FILES, MEMBERS, MESSAGES, ROOMS, TEAMS, USERS


class MattermostExport(TreeExport):
    """The archive or file that Mattermost makes, or the folder that the archive was unpacked into."""

    description: ClassVar[str] = "the .zip of a bulk export, the folder with its contents, or the .jsonl in it"

    def streams(self) -> list[tuple[Collection, FileStream]]:
        """Return all collections, which are in one file. Errors: ValueError if this is no export of Mattermost, or several."""
        return [
            (TEAMS, self._stream("teams", read_teams)),
            (USERS, self._stream("users", read_users)),
            (ROOMS, self._stream("channels", read_rooms)),
            (MEMBERS, self._stream("members", read_members)),
            (MESSAGES, self._stream("posts", self._read_messages)),
            (FILES, self.stream("attachments", [self._lines], self._read_files, self.tree.files())),
        ]

    def missing(self) -> list[str]:
        """Return no names: a bulk export is one file."""
        return []

    def remarks(self) -> list[str]:
        """Return sentences on the files that are not read. Of attached ones only the sizes are."""
        return list(describe_unread(self.tree, [self._lines], {BULK_ATTACHED}))

    @cached_property
    def _lines(self) -> StoredFile:
        found = find_bulk_exports(self.tree.files())
        if len(found) > 1:
            raise ValueError(f"There are several exports: {', '.join(file.location for file in found)}. Give one of them.")
        if not found:
            raise ValueError(
                describe_foreign(self.path, self.tree, "mattermost")
                or f'{self.path} is no bulk export of Mattermost: no file in it has a first line of the type "version". '
                "Give the .zip or .jsonl that `mmctl export` or `mattermost export bulk` made."
            )
        return found[0]

    @cached_property
    def _sizes(self) -> Mapping[PurePosixPath, int]:
        return {file.path: file.size for file in self.tree.files()}

    @cached_property
    def _repeated(self) -> frozenset[int]:
        return find_repeated(identities(self._stream("posts", read_posts).find()))

    def _stream(self, name: str, read: FileReader) -> FileStream:
        return self.stream(name, [self._lines], read)

    def _read_messages(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        return read_posts(file, stream, self._repeated)

    def _read_files(self, file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
        for place, value, _ in read_posts(file, stream):
            for attached in objects_in(value["post"].get("attachments")) if value else ():
                path = text_of(attached.get("path"))
                yield Found(f"{place}, attachment", {**(value or {}), "path": path, "size": self._size_of(path)})

    def _size_of(self, path: str) -> int:
        """Return the size of an attached file, or 0 if the export does not contain it."""
        beside = self._lines.path.parent
        return self._sizes.get(beside / BULK_ATTACHED / path) or self._sizes.get(beside / path) or 0
