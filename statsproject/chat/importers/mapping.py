"""Map the documents of a batch to rows, and write them."""

from .batch import Batch
from .collection import Collection
from .document import Document, InvalidValue, NotCounted
from .references import KnownIds, resolve_references
from .upsert import Row, upsert

WITHOUT_TIME = "kept without a plausible time: in totals, but in no chart"


def map_documents(collection: Collection, documents: list[Document], known: KnownIds) -> Batch:
    """Make rows from documents; documents that cannot be loaded become rejections."""
    batch = Batch()
    for document in documents:
        _map_document(collection, document, batch)
    resolve_references(collection, batch, known)
    collection.reject_conflicts(batch)
    _note_unknown_times(collection, batch)
    known.add(collection.model, (row["id"] for _, row in batch.mapped))
    return batch


def write(collection: Collection, batch: Batch) -> None:
    """Write the rows of a batch in the caller's transaction, and delete those of documents that are not counted any more."""
    for model, placeholders in batch.placeholders.items():
        rows = list(placeholders.values())
        upsert(model, rows, insert_only=frozenset(rows[0]))
    collection.before_write(batch)
    if batch.uncounted:
        collection.model._base_manager.filter(pk__in=batch.uncounted).delete()
    upsert(collection.model, batch.rows(), collection.insert_only)


def _map_document(collection: Collection, document: Document, batch: Batch) -> None:
    if document.value is None:
        batch.reject(document, document.error)
        return
    try:
        row = collection.to_row(document.value)
        if document.may_contain_nul:
            _require_no_nul(row)
    except InvalidValue as error:
        batch.reject(document, str(error))
    except NotCounted as reason:
        batch.leave_out(reason.id, str(reason))
    else:
        batch.accept(document, row)


def _note_unknown_times(collection: Collection, batch: Batch) -> None:
    if collection.time and (unknown := sum(row[collection.time] is None for _, row in batch.mapped)):
        batch.notes[WITHOUT_TIME] += unknown


def _require_no_nul(row: Row) -> None:
    """Raise InvalidValue if the row contains a NUL character, which PostgreSQL cannot store."""
    for column, value in row.items():
        if isinstance(value, str) and "\0" in value:
            raise InvalidValue(f"'{column}' contains a NUL character")
