"""Find the folder of a tree in which an export begins: archives and unpacked ones often have another folder around it."""

from collections.abc import Collection
from pathlib import PurePosixPath

from .files import FileTree, StoredFile

# The folder in which archives made by macOS keep attributes of the other files, under the names of these.
IGNORED_FOLDER = "__MACOSX"


def files_of_export(tree: FileTree, names: Collection[str]) -> dict[PurePosixPath, StoredFile]:
    """Return the files beside and below the first of those names, by their path from there; none if no file has such a name.

    Errors: ValueError if there are several such folders.
    """
    files = [file for file in tree.files() if IGNORED_FOLDER not in file.path.parts]
    found = {file.path.parent for file in files if file.path.name in names}
    roots = sorted(found, key=lambda path: (len(path.parts), path))
    outer = [root for root in roots if len(root.parts) == len(roots[0].parts)]
    if len(outer) > 1:
        raise ValueError(f"There are several exports: {', '.join(map(str, outer))}. Give the path of one of them.")
    return {file.path.relative_to(outer[0]): file for file in files if outer and file.path.is_relative_to(outer[0])}
