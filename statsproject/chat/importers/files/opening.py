"""Open whatever a path leads to: a folder, a file or an archive."""

from pathlib import Path

from .folder import read_folder, store_file
from .tar_archive import is_tar, read_tar
from .tree import FileTree
from .zip_archive import read_zip

# With which an archive begins, and which an empty one consists of.
ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def open_tree(path: Path) -> FileTree:
    """Open a folder, a single file, or an archive: .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz, recognized by its contents.

    Errors: ValueError if there is none, or if the archive is damaged, encrypted or a bomb; OSError if it may not be read.
    """
    if path.is_dir():
        return read_folder(path)
    if not path.is_file():
        raise ValueError(f"{path} {_describe_absence(path)}.")
    with path.open("rb") as file:
        head = file.read(4)
    if head in ZIP:
        return read_zip(path)
    return read_tar(path) if is_tar(path) else FileTree(path, [store_file(path, path.parent)])


def _describe_absence(path: Path) -> str:
    if path.is_symlink():
        return "is a link to a file that does not exist"
    return "is neither a file nor a folder" if path.exists() else "does not exist"
