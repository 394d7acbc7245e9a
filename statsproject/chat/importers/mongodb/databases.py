"""Find the collections in a folder, a file or an archive, and the databases that they belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..files import FileTree, StoredFile
from .collection_file import CollectionFile
from .file_names import FileName, is_added_by_macos, is_hidden, is_metadata, may_be_archive, parse_file_name
from .layouts import Layout


@dataclass(frozen=True, slots=True)
class StoredCollection:
    """A collection that was found.

    `place` is the folder of its file, or the archive of mongodump with the database's name in it. `database` is the name that
    its file begins with, if any: `rocketchat.users.json`. `name` is that of the collection, as it is stored.
    """

    place: str
    database: str
    name: str
    documents: CollectionFile
    file_name: FileName | None = None

    @property
    def path(self) -> str:
        """The path within the tree that was searched."""
        return f"{self.place}.{self.name}" if self.documents.namespace else str(self.documents.file.path)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that holds no collection, or none that can be read, and the reason if there is one to tell."""

    path: str
    reason: str = ""


@dataclass
class Search:
    """The collections of all databases in a tree of files, and the other files. Errors: ValueError if an archive is damaged."""

    tree: FileTree
    is_array: bool = False

    @cached_property
    def files(self) -> Sequence[StoredFile]:
        """The files that may hold collections."""
        return [file for file in self.tree.files() if not is_hidden(file.path) and not is_metadata(file.path)]

    @cached_property
    def collections(self) -> Sequence[StoredCollection]:
        """The collections, in the order of their files."""
        return [collection for file in self.files for collection in self._in_file(file)]

    def unread(self) -> Iterator[Unread]:
        """Yield the files in which no collection was found, and then the hidden ones, in which none is sought."""
        for skipped in self.tree.skipped:
            if not is_added_by_macos(skipped.path):
                yield Unread(str(skipped.path), skipped.reason)
        read = {collection.documents.file.path for collection in self.collections}
        yield from (Unread(str(file.path)) for file in self.files if file.path not in read)
        hidden = [file.path for file in self.tree.files() if is_hidden(file.path)]
        yield from (Unread(str(path)) for path in hidden if not is_added_by_macos(path))

    def _in_file(self, file: StoredFile) -> Iterator[StoredCollection]:
        name = parse_file_name(file.path)
        may_be = may_be_archive(file.path) if name is None else len(self.files) == 1
        if may_be and _is_archive(file):
            for namespace in CollectionFile(file).namespaces():
                stream = CollectionFile(file, namespace=namespace)
                yield StoredCollection(f"{file.path}!{namespace.database}", "", namespace.collection, stream)
        elif name is not None:
            stream = CollectionFile(file, self.is_array)
            yield StoredCollection(str(file.path.parent), name.database, name.collection, stream, name)


def _is_archive(file: StoredFile) -> bool:
    try:
        return CollectionFile(file).format.layout is Layout.ARCHIVE
    except (OSError, ValueError):
        return False
