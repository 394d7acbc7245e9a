"""Files in a folder or in an archive, which are read without unpacking them to disk."""

from .opening import open_tree
from .tree import FileTree, SkippedFile, StoredFile

__all__ = ["FileTree", "SkippedFile", "StoredFile", "open_tree"]
