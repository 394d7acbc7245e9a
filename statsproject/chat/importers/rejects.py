"""The rejects file: one line for each document that was not loaded, with its place and the reason."""

import json
import os
from pathlib import Path
from types import TracebackType

from .batch import Rejection
from .export import DocumentStream


class RejectsFile:
    """A file of JSON Lines that starts at a given length, the one stored with the last committed batch.

    Without a path, nothing is written.
    """

    def __init__(self, path: Path | None, length: int = 0) -> None:
        self.path = path
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab")
            self._file.truncate(length)

    def add(self, stream: DocumentStream, rejection: Rejection) -> None:
        """Append a rejected document."""
        document, reason = rejection
        if self._file is not None:
            entry = {"file": stream.location, "line": document.number, "reason": reason, "text": document.excerpt}
            self._file.write(json.dumps(entry).encode() + b"\n")

    def sync(self) -> int:
        """Flush the file to disk and return its length."""
        if self._file is None:
            return 0
        self._file.flush()
        os.fsync(self._file.fileno())
        return os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> "RejectsFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
