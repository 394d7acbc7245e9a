"""The names of files that MongoDB's tools, or people who use them, give to collections."""

from pathlib import PurePosixPath
from typing import NamedTuple

JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
BSON_ENDING = ".bson"
COMPRESSED_ENDINGS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}
# Files beside the collections of a dump, which describe them.
_METADATA = (".metadata.json", "prelude.json")
# Not the name of a database: `system.users` is a collection.
_RESERVED_DATABASE = "system"


class FileName(NamedTuple):
    """What the name of a file says: database (or ""), collection, whether it is BSON, and the compression (or "")."""

    database: str
    collection: str
    is_bson: bool
    compression: str


def parse_file_name(path: PurePosixPath) -> FileName | None:
    """Parse a name such as `users.bson.gz` or `rocketchat.users.json`, in any case; None if it is not that of a collection."""
    name, compression = _split_compression(path.name)
    if is_metadata(path) or is_hidden(path):
        return None
    if name.lower().endswith(BSON_ENDING):
        # mongodump names files after the collection alone, and names of collections may contain dots.
        return FileName("", name[: -len(BSON_ENDING)], is_bson=True, compression=compression)
    ending = next((ending for ending in JSON_ENDINGS if name.lower().endswith(ending)), None)
    if ending is None:
        return None
    stem = name[: -len(ending)]
    database, dot, collection = stem.partition(".")
    if not dot or database == _RESERVED_DATABASE:
        return FileName("", stem, is_bson=False, compression=compression)
    return FileName(database, collection, is_bson=False, compression=compression)


def is_metadata(path: PurePosixPath) -> bool:
    """Return whether a file of a dump describes collections, and holds none."""
    return _split_compression(path.name)[0].lower().endswith(_METADATA)


def is_hidden(path: PurePosixPath) -> bool:
    """Return whether a file is hidden, such as those that macOS adds to archives."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def is_added_by_macos(path: PurePosixPath) -> bool:
    """Return whether a file is one that macOS adds to folders and archives, which nobody misses."""
    return path.name == ".DS_Store" or any(part.startswith(("._", "__MACOSX")) for part in path.parts)


def may_be_archive(path: PurePosixPath) -> bool:
    """Return whether a file may be an archive of mongodump, which has no usual name: it has no other known ending."""
    name, _ = _split_compression(path.name)
    return PurePosixPath(name).suffix.lower() in ("", ".archive", ".dump", ".mongodump", ".bin")


def _split_compression(name: str) -> tuple[str, str]:
    ending = PurePosixPath(name).suffix.lower()
    compression = COMPRESSED_ENDINGS.get(ending, "")
    return (name[: -len(ending)], compression) if compression else (name, "")
