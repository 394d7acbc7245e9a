"""A small disk, which can be filled."""

import errno
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# Enough for a new database, its write-ahead log, and what is written before the disk is filled.
MEGABYTES = 400


@contextmanager
def small_disk() -> Iterator[Path]:
    """Mount a file system in memory for as long as the context lasts, where every account may go."""
    with tempfile.TemporaryDirectory(prefix="stats-disk-") as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", folder]
        subprocess.run(command, check=True, capture_output=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def can_mount() -> bool:
    """Return whether this process may mount file systems, which even root may not in many containers."""
    try:
        with small_disk():
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def filled(disk: Path | None) -> Iterator[None]:
    """Have no room left on a disk, for as long as the context lasts."""
    assert disk is not None, "The fault needs a small disk."
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            _write_what_fits(file, bytes(size))
    try:
        yield
    finally:
        filler.unlink()


def _write_what_fits(file: IO[bytes], part: bytes) -> None:
    try:
        while file.write(part) == len(part):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
