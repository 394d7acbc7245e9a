"""The stored progress of unfinished imports, from which they resume."""

from collections import Counter
from collections.abc import Iterable

from ..models import ImportProgress
from .export import DocumentStream, Fingerprint
from .report import StreamReport


def find_progress(fingerprint: Fingerprint) -> ImportProgress:
    """Return the progress of an unfinished import of the very same input, or a new record."""
    new = ImportProgress(file=fingerprint.key, size=fingerprint.size, modified_ns=fingerprint.modified_ns)
    same = ImportProgress.objects.filter(file=new.file, size=new.size, modified_ns=new.modified_ns)
    return same.first() or new


def report_progress(record: ImportProgress, name: str) -> StreamReport:
    """Return a report of what was loaded so far."""
    return StreamReport(name, record.lines, record.accepted, record.rejected, Counter(record.reasons), Counter(record.notes))


def save_progress(record: ImportProgress, report: StreamReport, rejects_length: int, *, is_done: bool = False) -> None:
    """Store the progress in the caller's transaction."""
    record.lines, record.accepted, record.rejected = report.documents, report.accepted, report.rejected
    record.reasons = dict(report.reasons)
    record.rejects_length = rejects_length
    record.notes = dict(report.notes)
    record.is_done = is_done
    record.save()


def delete_progress(streams: Iterable[DocumentStream]) -> None:
    """Delete the progress of an import that is complete."""
    ImportProgress.objects.filter(file__in=[stream.fingerprint().key for stream in streams]).delete()
