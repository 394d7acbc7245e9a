"""What the exports that are trees of files have in common, whatever they contain."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from .file_stream import FileReader, FileStream
from .files import FileTree, StoredFile, open_tree
from .placeholders import describe_placeholders


@dataclass
class TreeExport:
    """An export without options and without figures to compare, at a path."""

    path: Path

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add no options."""

    @classmethod
    def open(cls, path: Path, options: Mapping[str, Any]) -> Self:
        """Open the export at a path."""
        return cls(path)

    def compare_with_loaded(self) -> Iterator[str]:
        """Yield how many rooms the export refers to without describing them; it contains no figures to compare."""
        return describe_placeholders()

    @cached_property
    def tree(self) -> FileTree:
        """The files of the export."""
        return open_tree(self.path)

    def stream(self, name: str, files: Sequence[StoredFile], read: FileReader, needed: Sequence[StoredFile] = ()) -> FileStream:
        """Return what a reader finds in files, if it needs to know others; `name` is unique in the export."""
        return FileStream(self.path, name, files, read, needed)
