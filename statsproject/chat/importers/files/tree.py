"""Files and where they are stored: on their own in a folder, or together in an archive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any

from ..export import Fingerprint
from .reading import READ_SIZE, StoredBytes

LONGEST_KEY = 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in a folder or a member of an archive.

    `path` is relative to the root of its tree. `size` is the number of bytes of its contents: of a member, unpacked. `location`
    is what errors and rejects call it. `storage` is the file on disk that holds it: itself or the archive.
    """

    path: PurePosixPath
    size: int
    location: str
    storage: Path
    opener: Callable[[], Any]

    def open(self) -> BufferedReader:
        """Open the contents from the beginning. Errors, here and while reading: OSError."""
        return BufferedReader(StoredBytes(self.opener, self.location), READ_SIZE)

    def fingerprint(self, part: str = "") -> Fingerprint:
        """Return the present identity of the file, or of a named part of it. Errors: OSError if its storage is gone."""
        stat = self.storage.stat()
        own = str(self.storage.resolve())
        member = "" if self.location == str(self.storage) else f"!{self.path}"
        key = storable_key(f"{own}{member}{f'!{part}' if part else ''}")
        return Fingerprint(key, stat.st_size, stat.st_mtime_ns)


def storable_key(key: str) -> str:
    """Return a key that a database can store: names of files may be bytes that are no text, and long."""
    encoded = key.encode(errors="backslashreplace")
    return sha256(encoded).hexdigest() if len(encoded) > LONGEST_KEY else encoded.decode()


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that cannot be or must not be read, and the reason."""

    path: PurePosixPath
    reason: str


@dataclass(frozen=True, slots=True)
class FileTree:
    """The files of a folder or of an archive, in the order in which they are stored; a folder's are sorted by path.

    Members of a compressed tar archive are fastest read in this order: to go back, it is decompressed from the beginning.
    """

    root: Path
    stored: Sequence[StoredFile]
    skipped: Sequence[SkippedFile] = ()

    def files(self) -> Sequence[StoredFile]:
        """Return the regular files."""
        return self.stored
