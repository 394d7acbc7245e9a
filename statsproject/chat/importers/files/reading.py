"""The bytes of a stored file: their position is known, and whatever is wrong with their storage is an OSError."""

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

READ_SIZE = 128 * 1024

# What Python's modules raise for damaged, encrypted or unknown contents.
DAMAGES = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError)


class StoredBytes(io.RawIOBase):
    """The contents of a stored file. `position` is the number of bytes read."""

    def __init__(self, opener: Callable[[], Any], location: str) -> None:
        super().__init__()
        # Errors are stored and printed; names of files may be bytes that are no text.
        self.location = location.encode(errors="backslashreplace").decode()
        self.position = 0
        with self._naming_damage():
            self._file = opener()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there are bytes."""
        with self._naming_damage():
            # What there is before damage is wanted: `read` would lose it.
            data = self._file.read1(len(buffer))
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)

    def close(self) -> None:
        """Close the file."""
        if not self.closed and hasattr(self, "_file"):
            self._file.close()
        super().close()

    @contextmanager
    def _naming_damage(self) -> Iterator[None]:
        try:
            yield
        except DAMAGES as error:
            raise OSError(f"{self.location} cannot be read: {error or type(error).__name__}") from error
