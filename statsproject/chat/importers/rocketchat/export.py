"""Exports and backups of Rocket.Chat workspaces, made by mongoexport or mongodump."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

from ..collection import Collection
from ..mongodb.collection_file import CollectionFile
from ..placeholders import describe_placeholders
from .backup import Backup, open_backup
from .collections import COLLECTIONS, ROOMS
from .drift import describe_drift, find_drift


@dataclass
class RocketChatExport:
    """A folder, a file or an archive. `is_array` states that each file is one JSON array; otherwise that is detected.

    `database` is the name of the database; by default it is the one with the most of Rocket.Chat's collections.
    """

    description: ClassVar[str] = "a folder, a file, a .zip or a .tar[.gz|.bz2|.xz] with what mongodump or mongoexport wrote"

    path: Path
    is_array: bool = False
    database: str = ""

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add the options for arrays and for several databases."""
        text = "rocketchat: each file is one JSON array (by default this is detected)"
        parser.add_argument("--jsonArray", dest="array", action="store_true", help=text)
        parser.add_argument("--database", default="", help="rocketchat: the database to import, if there are several")

    @classmethod
    def open(cls, path: Path, options: Mapping[str, Any]) -> Self:
        """Open the export at a path."""
        return cls(path, is_array=options["array"], database=options["database"])

    @cached_property
    def _backup(self) -> Backup:
        return open_backup(self.path, self.is_array, self.database)

    def streams(self) -> Sequence[tuple[Collection, CollectionFile]]:
        """Return the collections that exist. Errors: as of `open_backup`."""
        streams = self._backup.streams
        return [(collection, streams[collection.name]) for collection in COLLECTIONS if collection.name in streams]

    def missing(self) -> Sequence[str]:
        """Return the names of the collections that do not exist, except those that only newer exports have."""
        expected = [collection.name for collection in COLLECTIONS if not collection.newer]
        return [name for name in expected if name not in self._backup.streams]

    def remarks(self) -> Sequence[str]:
        """Return sentences on files that are not what they seem, and on those that are not read."""
        return self._backup.remarks

    def compare_with_loaded(self) -> Iterator[str]:
        """Yield a report of placeholders, and of rooms whose message counters differ from the loaded messages."""
        yield from describe_placeholders()
        if rooms := self._backup.streams.get(ROOMS.name):
            yield from describe_drift(find_drift(rooms))
