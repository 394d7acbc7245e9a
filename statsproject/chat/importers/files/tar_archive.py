"""The members of a tar archive, compressed or not."""

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from .limits import escapes, refuse_bomb
from .reading import DAMAGES
from .tree import FileTree, SkippedFile, StoredFile

# A header, even one with long names, is far smaller. tarfile would read one of any size into memory.
LONGEST_READ = 16 * 1024**2


def is_tar(path: Path) -> bool:
    """Return whether a file is a tar archive, compressed or not, or was one by its name before it was damaged.

    Errors: OSError if it cannot be opened.
    """
    with _decompressed(path) as file:
        try:
            tarfile.TarInfo.frombuf(file.read(tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
        except tarfile.TarError:
            return False
        except (*DAMAGES, OSError):
            return not {".tar", ".tgz", ".tbz2", ".txz"}.isdisjoint(path.suffixes)
        return True


def read_tar(path: Path) -> FileTree:
    """Return the tree of a tar archive, which stays open. Errors: ValueError if it is damaged or a bomb."""
    try:
        archive = _Tar(path)
        members = list(archive.members())
    except (*DAMAGES, OSError) as error:
        raise ValueError(f"{path} is a damaged or incomplete tar archive ({error}): copy or download it again.") from error
    stored: list[StoredFile] = []
    skipped: list[SkippedFile] = []
    for member in members:
        name = PurePosixPath(member.name)
        if escapes(member.name):
            skipped.append(SkippedFile(name, "its path leads out of the archive"))
        elif member.isreg():
            stored.append(StoredFile(name, member.size, f"{path}/{name}", path, partial(archive.open, member)))
        elif not member.isdir():
            skipped.append(SkippedFile(name, "no regular file"))
    return FileTree(path, stored, skipped)


class _Tar:
    """An open archive. It is closed with the last of its members."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = _decompressed(path)
        self.tar = tarfile.open(fileobj=cast("IO[bytes]", _ShortReads(self.file)), mode="r:")  # noqa: SIM115 - see above

    def members(self) -> Iterator[tarfile.TarInfo]:
        """Yield the members, after checking that what they claim is no bomb: the next one is found by reading all of it."""
        packed, unpacked = self.path.stat().st_size, 0
        for member in self.tar:
            unpacked += tarfile.BLOCKSIZE + member.size
            refuse_bomb(str(self.path), packed, unpacked)
            yield member
        # tarfile takes a damaged header for the end, where there are zeros or nothing.
        self.file.seek(self.tar.offset)
        if self.file.read(tarfile.BLOCKSIZE).strip(b"\0"):
            raise tarfile.ReadError("a header is damaged")

    def open(self, member: tarfile.TarInfo) -> IO[bytes]:
        """Open a regular file."""
        file = self.tar.extractfile(member)
        if file is None:
            raise tarfile.ReadError("no regular file")
        return file

    def __del__(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


class _ShortReads:
    """A file of which no more than a limit is read at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.seek, self.tell = file, file.seek, file.tell

    def read(self, size: int) -> bytes:
        if not 0 <= size <= LONGEST_READ:
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        return self.file.read(size)


def _decompressed(path: Path) -> IO[bytes]:
    openers: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
    with path.open("rb") as file:
        head = file.read(6)
    return next((opener(path) for magic, opener in openers.items() if head.startswith(magic)), None) or path.open("rb")
