"""Load an export in batches; a load that was killed resumes when it is run again."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from ..models import ImportProgress
from .batch import Rejection
from .collection import Collection
from .document import Document
from .export import DocumentStream, Export, Fingerprint
from .mapping import map_documents, write
from .progress import delete_progress, find_progress, report_progress, save_progress
from .read_batches import read_ahead, read_batches
from .references import KnownIds
from .rejects import RejectsFile
from .report import LoadReport, StreamReport
from .sqlite_memory import memory_for_writes

# SQLite has one writer at a time: after each batch other writers get this fraction of its duration.
SQLITE_PAUSE = 0.05

BatchCallback = Callable[[DocumentStream, StreamReport], None]


class LoadStopped(Exception):
    """A strict load found a document that cannot be loaded, or a file changed. The batches before that remain loaded."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The options of a load: the path of the rejects file, whether it stops at the first reject, whether it writes nothing."""

    rejects: Path
    is_strict: bool = False
    is_dry_run: bool = False


def load(export: Export, options: LoadOptions, on_batch: BatchCallback = lambda stream, report: None) -> LoadReport:
    """Load the streams of an export, each from where an unfinished load stopped.

    `on_batch` is called after each batch. Errors: ValueError if the export is empty or ambiguous; LoadStopped if strict.
    """
    streams = export.streams()
    rejects_length = max((find_progress(stream.fingerprint()).rejects_length for _, stream in streams), default=0)
    rejects_path = None if options.is_dry_run else options.rejects
    with _garbage_collector_disabled(), memory_for_writes(), RejectsFile(rejects_path, rejects_length) as rejects:
        loader = _Loader(options, KnownIds(options.is_dry_run), rejects, on_batch)
        reports = [loader.load_stream(collection, stream) for collection, stream in streams]
    if not options.is_dry_run:
        delete_progress(stream for _, stream in streams)
    return LoadReport(reports, list(export.missing()))


@dataclass(frozen=True, slots=True)
class _Loader:
    """What the streams of one load have in common."""

    options: LoadOptions
    known: KnownIds
    rejects: RejectsFile
    on_batch: BatchCallback

    def load_stream(self, collection: Collection, stream: DocumentStream) -> StreamReport:
        fingerprint = stream.fingerprint()
        record = ImportProgress() if self.options.is_dry_run else find_progress(fingerprint)
        report = report_progress(record, stream.name)
        if record.is_done:
            return report
        batches = read_batches(stream, skip=record.lines)
        # SQLite works in this process, which has less memory if it does not hold two batches.
        for documents, position in batches if connection.vendor == "sqlite" else read_ahead(batches):
            started = time.monotonic()
            with transaction.atomic():
                self._load_batch(collection, stream, documents, report)
                _require_unchanged(stream, fingerprint)
                self._save(record, report)
            report.position = position
            self.on_batch(stream, report)
            self._pause(started)
        _require_unchanged(stream, fingerprint)
        self._save(record, report, is_done=True)
        return report

    def _load_batch(
        self, collection: Collection, stream: DocumentStream, documents: list[Document], report: StreamReport
    ) -> None:
        batch = map_documents(collection, documents, self.known)
        for rejection in batch.rejections:
            self.rejects.add(stream, rejection)
        if batch.rejections and self.options.is_strict:
            raise _stopped(stream, batch.rejections)
        report.documents = documents[-1].number
        report.rejected += len(batch.rejections)
        report.reasons.update(rejection.reason for rejection in batch.rejections)
        report.accepted += len(documents) - len(batch.rejections)
        report.notes += batch.notes
        if not self.options.is_dry_run:
            write(collection, batch)

    def _save(self, record: ImportProgress, report: StreamReport, *, is_done: bool = False) -> None:
        if not self.options.is_dry_run:
            save_progress(record, report, self.rejects.sync(), is_done=is_done)

    def _pause(self, started: float) -> None:
        if connection.vendor == "sqlite" and not self.options.is_dry_run:
            time.sleep((time.monotonic() - started) * SQLITE_PAUSE)


@contextmanager
def _garbage_collector_disabled() -> Iterator[None]:
    """Disable the cyclic garbage collector: rows have no cycles, and scanning them takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _require_unchanged(stream: DocumentStream, fingerprint: Fingerprint) -> None:
    """Raise LoadStopped if the input is no longer what it was, for example because it is still being written."""
    present = stream.fingerprint()
    if present != fingerprint:
        raise LoadStopped(
            f"{stream.location} changed while it was read (it had {fingerprint.size:,} bytes, and has {present.size:,} now): "
            "wait until it is complete, and import it again."
        )


def _stopped(stream: DocumentStream, rejections: list[Rejection]) -> LoadStopped:
    document, reason = min(rejections, key=lambda rejection: rejection.document.number)
    return LoadStopped(f"{stream.location}, document {document.number}: {reason}")
