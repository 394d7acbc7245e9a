"""Resolve the references between the rows of an import."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Model

from .batch import Batch
from .collection import Collection, Reference


@dataclass
class KnownIds:
    """The ids that rows can refer to: those in the tables and, in a dry run, those read so far."""

    is_dry_run: bool = False
    read: dict[type[Model], set[str]] = field(default_factory=dict)

    def existing(self, model: type[Model], ids: set[str]) -> set[str]:
        """Return the given ids that exist. Takes at most one query."""
        stored = set(model._base_manager.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
        return stored | (ids & self.read.get(model, set()))

    def add(self, model: type[Model], ids: Iterable[str]) -> None:
        """In a dry run, record ids that would have been written."""
        if self.is_dry_run:
            self.read.setdefault(model, set()).update(ids)


def resolve_references(collection: Collection, batch: Batch, known: KnownIds) -> None:
    """Reject rows whose required references do not resolve, and clear optional references that do not."""
    for reference in collection.required:
        _require(reference, batch, known)
    for reference in collection.optional:
        _clear_dangling(reference, batch, known)


def _require(reference: Reference, batch: Batch, known: KnownIds) -> None:
    existing = _existing(reference, batch, known)
    batch.reject_unless(lambda row: row[reference.column] in existing, f"unknown {reference.model._meta.verbose_name}")


def _clear_dangling(reference: Reference, batch: Batch, known: KnownIds) -> None:
    existing = _existing(reference, batch, known)
    for _, row in batch.mapped:
        if row[reference.column] not in existing:
            row[reference.column] = None


def _existing(reference: Reference, batch: Batch, known: KnownIds) -> set[str]:
    return known.existing(reference.model, {row[reference.column] for _, row in batch.mapped} - {None})
