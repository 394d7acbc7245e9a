"""The progress of an import: a bar on a terminal, elsewhere a line a minute, both with an estimate of the time left."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

from tqdm import tqdm

from ..importers.export import DocumentStream
from ..importers.report import StreamReport

LINE_SECONDS = 60


class ProgressBar:
    """Shows how much of each stream has been read, on stderr; in time and rate, what a resumed import skips is left out."""

    def __init__(self, file: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.file = file or sys.stderr
        self.shown: _Bar | _Lines = _Bar(self.file) if self.file.isatty() else _Lines(self.file, clock)
        self.stream: DocumentStream | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def update(self, stream: DocumentStream, report: StreamReport) -> None:
        """Show the position in a stream, after a batch of it was written."""
        if stream is not self.stream:
            self.shown.begin(stream, report)
            self.stream = stream
        self.shown.update(stream, report)

    def close(self) -> None:
        """Leave what is shown on the screen."""
        self.shown.close()

    def __exit__(self, *_: object) -> None:
        self.close()


class _Bar:
    """A bar in bytes."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.bar: tqdm | None = None

    def begin(self, stream: DocumentStream, report: StreamReport) -> None:
        self.close()
        start = report.position
        self.bar = tqdm(total=stream.size, initial=start, desc=stream.name, unit="B", unit_scale=True, file=self.file)

    def update(self, stream: DocumentStream, report: StreamReport) -> None:
        if self.bar is not None:
            self.bar.set_postfix_str(f"{report.documents:,} documents", refresh=False)
            self.bar.update(report.position - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


class _Lines:
    """A line from time to time, for logs."""

    def __init__(self, file: TextIO, clock: Callable[[], float]) -> None:
        self.file = file
        self.clock = clock
        self.written = clock()
        self.began, self.start = self.written, 0

    def begin(self, stream: DocumentStream, report: StreamReport) -> None:
        self.began, self.start = self.clock(), report.position

    def update(self, stream: DocumentStream, report: StreamReport) -> None:
        now = self.clock()
        if now - self.written >= LINE_SECONDS:
            self.written = now
            share = f"{report.position / stream.size:.0%}, " if stream.size else ""
            line = f"{stream.name}: {share}{report.documents:,} documents{self._left(stream, report, now - self.began)}"
            self.file.write(f"{line}\n")
            self.file.flush()

    def _left(self, stream: DocumentStream, report: StreamReport, seconds: float) -> str:
        """Describe the time left, if it can be estimated from the seconds since the first batch."""
        read = report.position - self.start
        if not stream.size or not read:
            return ""
        return f", about {_duration(seconds * (stream.size - report.position) / read)} left"

    def close(self) -> None:
        """There is nothing to close."""


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
