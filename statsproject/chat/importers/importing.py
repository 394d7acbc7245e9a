"""Import an export's folder: stream it, batch by batch, so that it can be killed anywhere and run again."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from ..models import ImportProgress
from .batches import Known, Refused, rows_of, write
from .documents import Document, ExportFile, find_file
from .rejects import Rejects
from .rocketchat import COLLECTIONS, Collection

BATCH = 10_000
# On SQLite others can write only between two batches: so much of a batch's time is left to them.
PAUSE = 0.05


class ImportStopped(Exception):
    """A strict import met its first document that cannot be loaded; what was loaded before stays."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to import."""

    rejects: Path
    is_strict: bool = False
    is_dry_run: bool = False
    is_array: bool = False


@dataclass
class Loaded:
    """What came of one file."""

    path: Path
    lines: int = 0
    accepted: int = 0
    rejected: int = 0


@dataclass
class Report:
    """What came of all."""

    files: list[Loaded] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """How many documents could not be loaded."""
        return sum(file.rejected for file in self.files)


Progress = Callable[[ExportFile, Loaded], None]


def import_folder(folder: Path, options: Options, progress: Progress = lambda file, loaded: None) -> Report:
    """Load the five collections of a folder, each as far as it is not loaded yet.

    Errors: ValueError when there is nothing to load or a collection is there twice; ImportStopped when strict.
    """
    found = {collection: find_file(folder, collection.name) for collection in COLLECTIONS}
    if not any(found.values()):
        raise ValueError(f"{folder} holds none of {', '.join(c.name for c in COLLECTIONS)} (.jsonl or .json, also .gz).")
    report = Report(missing=[collection.name for collection, path in found.items() if path is None])
    known = Known(remembers=options.is_dry_run)
    files = {c: ExportFile(path, options.is_array) for c, path in found.items() if path}
    begun = max((_progress_of(file).rejects_length for file in files.values()), default=0)
    with _without_collector(), Rejects(None if options.is_dry_run else options.rejects, begun) as rejects:
        for collection, file in files.items():
            loaded = _load(collection, file, options, known=known, rejects=rejects, progress=progress)
            report.files.append(loaded)
        report.reasons = dict(rejects.reasons)
    if not options.is_dry_run:
        ImportProgress.objects.filter(file__in=[_key(file) for file in files.values()]).delete()
    return report


@contextmanager
def _without_collector() -> Iterator[None]:
    """Spare Python's search for cycles: rows have none, and there are so many that it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(
    collection: Collection, file: ExportFile, options: Options, *, known: Known, rejects: Rejects, progress: Progress
) -> Loaded:
    state = ImportProgress(file=_key(file)) if options.is_dry_run else _progress_of(file)
    loaded = Loaded(file.path, state.lines, state.accepted, state.rejected)
    if state.is_done:
        return loaded
    for documents in _batches(file.documents(skip=state.lines)):
        began = time.monotonic()
        with transaction.atomic():
            rows, refused = rows_of(collection, documents, known)
            for document, reason in refused:
                rejects.add(file.path, document, reason)
            if refused and options.is_strict:
                raise _stopped(file, refused)
            loaded.lines = documents[-1].line
            loaded.rejected += len(refused)
            loaded.accepted += len(documents) - len(refused)
            if not options.is_dry_run:
                write(collection, rows, documents)
                _note(state, file, loaded, rejects)
        progress(file, loaded)
        if connection.vendor == "sqlite" and not options.is_dry_run:
            time.sleep((time.monotonic() - began) * PAUSE)
    if not options.is_dry_run:
        _note(state, file, loaded, rejects, is_done=True)
    return loaded


def _stopped(file: ExportFile, refused: Refused) -> ImportStopped:
    document, reason = min(refused, key=lambda each: each[0].line)
    return ImportStopped(f"{file.path}, line {document.line}: {reason}")


def _note(state: ImportProgress, file: ExportFile, loaded: Loaded, rejects: Rejects, *, is_done: bool = False) -> None:
    stat = file.path.stat()
    state.size, state.modified_ns = stat.st_size, stat.st_mtime_ns
    state.lines, state.accepted, state.rejected = loaded.lines, loaded.accepted, loaded.rejected
    state.rejects_length = rejects.length()
    state.is_done = is_done
    state.save()


def _progress_of(file: ExportFile) -> ImportProgress:
    """Find how far this very file was loaded by an import that did not come to its end."""
    stat = file.path.stat()
    fresh = ImportProgress(file=_key(file), size=stat.st_size, modified_ns=stat.st_mtime_ns)
    same = ImportProgress.objects.filter(file=fresh.file, size=fresh.size, modified_ns=fresh.modified_ns)
    return same.first() or fresh


def _key(file: ExportFile) -> str:
    return str(file.path.resolve())


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := list(islice(documents, BATCH)):
        yield batch
