"""The files of a folder and of the folders in it."""

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from .tree import FileTree, SkippedFile, StoredFile


def read_folder(root: Path) -> FileTree:
    """Return the tree of a folder. Links to files are followed, those to folders are not, since they could form a circle."""
    found = list(_walk(root))
    return FileTree(
        root,
        [file for file in found if isinstance(file, StoredFile)],
        [file for file in found if isinstance(file, SkippedFile)],
    )


def store_file(path: Path, root: Path) -> StoredFile:
    """Describe a file on disk. Errors: OSError if it is gone."""
    relative = PurePosixPath(path.relative_to(root).as_posix())
    return StoredFile(relative, path.stat().st_size, str(path), path, partial(path.open, "rb"))


def _walk(root: Path) -> Iterator[StoredFile | SkippedFile]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unreadable.append):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted([*names, *links]):
            yield _describe(Path(folder, name), root)
    for error in unreadable:
        if Path(error.filename) == root:
            raise error
        yield SkippedFile(PurePosixPath(Path(error.filename).relative_to(root).as_posix()), f"{error.strerror}")


def _describe(path: Path, root: Path) -> StoredFile | SkippedFile:
    try:
        if stat.S_ISREG(path.stat().st_mode):
            return store_file(path, root)
        reason = "a link to a folder" if path.is_symlink() else "no regular file"
    except FileNotFoundError:
        reason = "a link to a file that does not exist"
    except OSError as error:
        reason = f"{error.strerror}"
    return SkippedFile(PurePosixPath(path.relative_to(root).as_posix()), reason)
