"""The members of a .zip archive."""

import os
import stat
import weakref
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath

from .limits import escapes, refuse_bomb
from .reading import DAMAGES
from .tree import FileTree, SkippedFile, StoredFile

ENCRYPTED = 0x1


def read_zip(path: Path) -> FileTree:
    """Return the tree of a .zip archive, which stays open. Errors: ValueError if it is damaged, encrypted or a bomb."""
    descriptor = os.open(path, os.O_RDONLY)
    file = open(descriptor, "rb", closefd=False)  # noqa: SIM115 - see below
    # It is closed with the last member that refers to it; in cycles, as after errors, the garbage collector would warn of it.
    weakref.finalize(file, os.close, descriptor)
    try:
        archive = zipfile.ZipFile(file)
    except (*DAMAGES, ValueError) as error:
        raise ValueError(f"{path} is a damaged .zip archive ({error}): copy or download it again.") from error
    names = _names(archive.infolist())
    members = [member for member in archive.infolist() if not names[member.filename].endswith("/")]
    refuse_bomb(str(path), path.stat().st_size, sum(member.file_size for member in members))
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise ValueError(f"{path} is encrypted: unpack it with its password, and import the folder.")
    stored: list[StoredFile] = []
    skipped: list[SkippedFile] = []
    for member in members:
        name = PurePosixPath(names[member.filename])
        if reason := _reason_to_skip(member):
            skipped.append(SkippedFile(name, reason))
        else:
            opener = partial(archive.open, member)
            stored.append(StoredFile(name, member.file_size, f"{path}/{name}", path, opener))
    return FileTree(path, stored, skipped)


def _names(members: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Return the members' paths by their names. Some programs for Windows write all paths with backslashes."""
    is_windows = not any("/" in member.filename for member in members)
    return {member.filename: member.filename.replace("\\", "/") if is_windows else member.filename for member in members}


def _reason_to_skip(member: zipfile.ZipInfo) -> str:
    if escapes(member.filename):
        return "its path leads out of the archive"
    # Where the archive was made on Unix, the upper half has the file's mode.
    kind = stat.S_IFMT(member.external_attr >> 16)
    return "" if kind in (0, stat.S_IFREG) else "no regular file"
