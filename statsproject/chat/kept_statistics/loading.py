"""Load the documents of a stream in batches; whatever is loaded already stays as it is, so a repeated load resumes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from statistics_app.foreign.translation import Translation, translate
from statistics_app.snapshots.importing import import_snapshots, require_past

from ..importers.batch import Rejection
from ..importers.document import Document
from ..importers.export import DocumentStream
from ..importers.rejects import RejectsFile

BATCH_SIZE = 500
# The key of the documents in a page of `statistics.list`.
PAGE = "statistics"
_PLAIN_ID = re.compile(r"[A-Za-z0-9]{1,24}")


@dataclass(slots=True)
class KeptReport:
    """The result of an import: the documents read, and of these how many are new, were known, and were rejected, and why."""

    name: str
    documents: int = 0
    new: int = 0
    known: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        """The documents that are stored now."""
        return self.new + self.known


def load_statistics(
    stream: DocumentStream,
    rejects: RejectsFile,
    now: datetime,
    on_batch: Callable[[KeptReport, int], None],
    skip: int = 0,
) -> KeptReport:
    """Load the documents of a stream after the first `skip`, each batch in one transaction.

    `on_batch` is called after each, with the number of the last document that was read. A document that cannot be a snapshot is
    rejected. Errors: OSError and ValueError of the stream.
    """
    report = KeptReport(stream.name)
    for batch in _batches(_in_pages(stream.documents(skip))):
        accepted = []
        for document in batch:
            report.documents += 1
            try:
                accepted.append(_translation(document, now))
            except ValueError as error:
                report.rejected += 1
                report.reasons[str(error)] += 1
                rejects.add(stream, Rejection(_without_text(document), str(error)))
        imported = import_snapshots(accepted)
        report.new, report.known = report.new + imported.new, report.known + imported.known
        rejects.sync()
        on_batch(report, batch[-1].number)
    return report


def _translation(document: Document, now: datetime) -> Translation:
    if document.value is None:
        raise ValueError(document.error)
    translation = translate(document.value)
    require_past(translation, now)
    return translation


def _without_text(document: Document) -> Document:
    """Return the number and the id of a document: its text may contain the name and address given to the setup wizard."""
    identity = (document.value or {}).get("_id")
    if not isinstance(identity, str) or not _PLAIN_ID.fullmatch(identity):
        identity = ""
    return Document(document.number, identity.encode())


def _in_pages(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield the documents, and instead of a page of `statistics.list` those in it."""
    for document in documents:
        value = document.value
        if value is None or not isinstance(listed := value.get(PAGE), list):
            yield document
            continue
        for one in listed:
            is_object = isinstance(one, dict)
            yield Document(document.number, b"", one if is_object else None, "" if is_object else "not a JSON object")


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield batches; if reading fails, that of what was read comes first."""
    batch: list[Document] = []
    try:
        for document in documents:
            batch.append(document)
            if len(batch) == BATCH_SIZE:
                yield batch
                batch = []
    except OSError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
