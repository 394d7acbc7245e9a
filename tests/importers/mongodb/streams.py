"""Streams of single files."""

from pathlib import Path

from statsproject.chat.importers.files import open_tree
from statsproject.chat.importers.mongodb.archive import Namespace
from statsproject.chat.importers.mongodb.collection_file import CollectionFile


def collection_file(path: Path, is_array: bool = False, namespace: Namespace | None = None) -> CollectionFile:
    [file] = open_tree(path).files()
    return CollectionFile(file, is_array, namespace)
