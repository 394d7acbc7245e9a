"""Turn files of mongoexport into what mongodump writes: `python -m tests.importers.dumps FOLDER TARGET`.

TARGET gets the same documents in each of FORMATS. No code of the app is used.
"""

import gzip
import json
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import bson
from bson import json_util

DATABASE = "rocketchat"
MAGIC = bytes.fromhex("6de29981")
TERMINATOR = b"\xff\xff\xff\xff"
BLOCK_SIZE = 500


def encoded(folder: Path) -> dict[str, Iterable[bytes]]:
    """Return the documents of an export in BSON, by collection. Lines that are not JSON objects are left out."""
    files = {path.name.partition(".")[0]: path for path in sorted(folder.iterdir())}
    return {name: _Encoded(path) for name, path in files.items() if name == "users" or name.startswith("rocketchat_")}


class _Encoded:
    """The documents of a file with one on each line, in BSON; can be iterated again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        with gzip.open(self.path) if self.path.suffix == ".gz" else self.path.open("rb") as lines:
            for line in lines:
                try:
                    document = json.loads(line, object_pairs_hook=json_util.object_pairs_hook)
                except ValueError:
                    continue
                if isinstance(document, dict):
                    yield bson.encode(document)


def write_dump(
    folder: Path, collections: Mapping[str, Iterable[bytes]], database: str = DATABASE, is_packed: bool = False
) -> Path:
    """Write a folder as `mongodump [--gzip]` does, and return it."""
    place = folder / database
    place.mkdir(parents=True, exist_ok=True)
    open_, ending = (gzip.open, ".gz") if is_packed else (open, "")
    for name, documents in collections.items():
        with open_(place / f"{name}.bson{ending}", "wb") as file:
            file.writelines(documents)
        with open_(place / f"{name}.metadata.json{ending}", "wb") as file:
            file.write(b'{"indexes":[{"v":2,"key":{"_id":1},"name":"_id_"}],"collectionName":"%s"}' % name.encode())
    return folder


def write_archive(
    path: Path, collections: Mapping[str, Iterable[bytes]], database: str = DATABASE, block_size: int = BLOCK_SIZE
) -> Path:
    """Write a file as `mongodump --archive [--gzip]` does, in which the collections are interleaved, and return its path."""
    return write_databases(path, {database: collections}, block_size)


def write_databases(path: Path, databases: Mapping[str, Mapping[str, Iterable[bytes]]], block_size: int = BLOCK_SIZE) -> Path:
    """Write an archive of several databases."""
    names = [(database, name) for database, collections in databases.items() for name in collections]
    with (gzip.open if path.suffix == ".gz" else open)(path, "wb") as file:
        file.write(MAGIC + bson.encode({"concurrent_collections": 4, "version": "0.1"}))
        for database, name in names:
            file.write(bson.encode({"db": database, "collection": name, "metadata": "{}", "size": 1, "type": "collection"}))
        file.write(TERMINATOR)
        open_ones = {(database, name): iter(databases[database][name]) for database, name in names}
        while open_ones:
            for (database, name), documents in list(open_ones.items()):
                block = list(islice(documents, block_size))
                if not block:
                    del open_ones[database, name]
                file.write(bson.encode({"db": database, "collection": name, "EOF": not block, "CRC": bson.Int64(0)}))
                file.write(b"".join(block) + TERMINATOR)
    return path


def pack_tar(path: Path, folder: Path) -> Path:
    """Pack a folder, under its own name, as the snap's backup is; the ending of the path says how it is compressed."""
    kind = path.suffix[1:] if path.suffix != ".tar" else ""
    with tarfile.open(path, f"w:{kind}") as archive:  # type: ignore[call-overload]
        archive.add(folder, folder.name)
    return path


def pack_zip(path: Path, folder: Path) -> Path:
    """Pack a folder, under its own name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


FORMATS: dict[str, Callable[[Path, Mapping[str, Iterable[bytes]]], Path]] = {
    "dump": lambda target, collections: write_dump(target / "dump", collections),
    "dump-gz": lambda target, collections: write_dump(target / "dump-gz", collections, is_packed=True),
    "archive": lambda target, collections: write_archive(target / "rocketchat.archive", collections),
    "archive.gz": lambda target, collections: write_archive(target / "rocketchat.archive.gz", collections),
    "tar": lambda target, collections: pack_tar(target / "backup.tar", write_dump(target / "dump", collections)),
    "tar.gz": lambda target, collections: pack_tar(target / "backup.tar.gz", write_dump(target / "dump", collections)),
    "zip": lambda target, collections: pack_zip(target / "backup.zip", write_dump(target / "dump", collections)),
}


def convert(folder: Path, target: Path, kind: str) -> Path:
    """Convert an export and return the path of the result."""
    target.mkdir(parents=True, exist_ok=True)
    return FORMATS[kind](target, encoded(folder))


if __name__ == "__main__":
    for kind in FORMATS:
        print(convert(Path(sys.argv[1]), Path(sys.argv[2]), kind))
