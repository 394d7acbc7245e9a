"""The collections of a Rocket.Chat workspace, in whatever its administrator has: a folder, a file or an archive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..export import DocumentStream
from ..files import open_tree
from ..mongodb.collection_file import CollectionFile
from ..mongodb.databases import Search
from ..mongodb.layouts import Layout
from ..recognition import describe_foreign
from .collections import COLLECTIONS
from .database_choice import choose_database
from .remarks import describe_absence, remarks_on

NAMES = tuple(collection.name for collection in COLLECTIONS)


@dataclass(frozen=True, slots=True)
class Backup:
    """The streams of a database's collections, by Rocket.Chat's name for them, and remarks on what was found."""

    streams: Mapping[str, CollectionFile]
    remarks: Sequence[str]


def open_backup(path: Path, is_array: bool = False, database: str = "") -> Backup:
    """Open the collections that are imported: those of a database with this name, or of the one that has most of them.

    Errors: ValueError, with a sentence that says what to do, if there are none, if it is ambiguous which ones are meant, or if
    one cannot be read; OSError if one must not be read or is damaged from its beginning.
    """
    search = Search(open_tree(path), is_array)
    found = choose_database(path, search.collections, NAMES, database)
    # Slack's and Zulip's exports have files whose names are known, too.
    if len(found) <= 1 and (foreign := describe_foreign(path, search.tree, "rocketchat")):
        raise ValueError(foreign)
    if not found:
        raise ValueError(describe_absence(path, search, NAMES))
    for collection in found.values():
        collection.documents.require_readable()
    streams = {name: collection.documents for name, collection in found.items()}
    return Backup(streams, list(remarks_on(path, search, found, NAMES)))


def open_collection(path: Path, name: str) -> DocumentStream | None:
    """Open one collection by Rocket.Chat's name for it, or return None if there is none.

    A single file is taken for it whatever its own name is, unless it is an archive. Errors: as of `open_backup`.
    """
    search = Search(open_tree(path))
    if [file.location for file in search.files] == [str(path)]:
        stream = CollectionFile(search.files[0])
        stream.require_readable()
        if stream.format.layout is not Layout.ARCHIVE:
            return stream
    found = choose_database(path, search.collections, {name, *NAMES}, required=name).get(name)
    if found is None:
        return None
    found.documents.require_readable()
    return found.documents
