"""What could not be loaded: a line each, with where it stood and why."""

import json
import os
from collections import Counter
from pathlib import Path
from types import TracebackType

from .documents import Document


class Rejects:
    """A file of JSON Lines; it can be cut back to what was there when the last batch was written."""

    def __init__(self, path: Path | None, length: int = 0) -> None:
        self.path = path
        self.reasons: Counter[str] = Counter()
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab")
            self._file.truncate(length)

    def add(self, file: Path, document: Document, reason: str) -> None:
        """Note a document that is not loaded."""
        self.reasons[reason] += 1
        if self._file is not None:
            text = document.text.decode(errors="replace").strip()
            entry = {"file": str(file), "line": document.line, "reason": reason, "text": text}
            self._file.write(json.dumps(entry).encode() + b"\n")

    def length(self) -> int:
        """Bring what was noted to the disk and return how long the file is."""
        if self._file is None:
            return 0
        self._file.flush()
        os.fsync(self._file.fileno())
        return os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
