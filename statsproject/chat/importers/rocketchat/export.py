"""Exports of Rocket.Chat workspaces, made by mongoexport."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Self

from ..collection import Collection
from ..placeholders import describe_placeholders
from .collections import COLLECTIONS, ROOMS
from .drift import describe_drift, find_drift
from .mongoexport import MongoexportFile, find_file


@dataclass(frozen=True, slots=True)
class RocketChatExport:
    """A folder with a file for each collection. `is_array` states that each is one array; otherwise that is detected."""

    description: ClassVar[str] = "a folder with users, rocketchat_room, … (.jsonl or .json, also .gz), made by mongoexport"

    folder: Path
    is_array: bool = False

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add mongoexport's option for arrays."""
        text = "rocketchat: each file is one JSON array (by default this is detected)"
        parser.add_argument("--jsonArray", dest="array", action="store_true", help=text)

    @classmethod
    def open(cls, path: Path, options: Mapping[str, Any]) -> Self:
        """Open the export in a folder."""
        return cls(path, is_array=options["array"])

    def streams(self) -> list[tuple[Collection, MongoexportFile]]:
        """Return the files that exist. Errors: ValueError if there are none, or several for one collection."""
        found = [(collection, find_file(self.folder, collection.name)) for collection in COLLECTIONS]
        streams = [(collection, MongoexportFile(path, self.is_array)) for collection, path in found if path]
        if not streams:
            names = ", ".join(collection.name for collection in COLLECTIONS)
            raise ValueError(f"{self.folder} contains none of {names} (.jsonl or .json, also .gz).")
        return streams

    def missing(self) -> list[str]:
        """Return the names of the collections without a file, except those that only newer exports have."""
        expected = [collection.name for collection in COLLECTIONS if not collection.newer]
        return [name for name in expected if find_file(self.folder, name) is None]

    def compare_with_loaded(self) -> Iterator[str]:
        """Yield a report of placeholders, and of rooms whose message counters differ from the loaded messages."""
        rooms = [file for collection, file in self.streams() if collection is ROOMS]
        return chain(describe_placeholders(), describe_drift(chain.from_iterable(map(find_drift, rooms))))
