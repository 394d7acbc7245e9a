"""Resolve the references between the rows of an import."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Model, Q

from .batch import Batch
from .collection import Collection, Placeholder, Reference


@dataclass
class KnownIds:
    """The ids that rows can refer to: those in the tables and, in a dry run, those read so far."""

    is_dry_run: bool = False
    read: dict[type[Model], set[str]] = field(default_factory=dict)

    def existing(self, model: type[Model], ids: set[str], but: Q | None = None) -> set[str]:
        """Return the given ids that exist, except those in the table that meet a condition. Takes at most one query."""
        rows = model._base_manager.filter(pk__in=ids)
        stored = set((rows.exclude(but) if but else rows).values_list("pk", flat=True)) if ids else set()
        return stored | (ids & self.read.get(model, set()))

    def add(self, model: type[Model], ids: Iterable[str]) -> None:
        """In a dry run, record ids that would have been written."""
        if self.is_dry_run:
            self.read.setdefault(model, set()).update(ids)


def resolve_references(collection: Collection, batch: Batch, known: KnownIds) -> None:
    """Clear optional references that do not resolve, and make placeholders for the others."""
    for reference in collection.optional:
        _clear_dangling(reference, batch, known)
    for placeholder in collection.placeholders:
        _make_placeholders(placeholder, batch, known)


def _clear_dangling(reference: Reference, batch: Batch, known: KnownIds) -> None:
    referred = _referred(reference, batch)
    missing = referred - known.existing(reference.model, referred)
    if not missing:
        return
    note = f"kept without the {_name(reference)} they refer to: the export does not contain it"
    for _, row in batch.mapped:
        if row[reference.column] in missing:
            row[reference.column] = None
            batch.notes[note] += 1


def _make_placeholders(reference: Placeholder, batch: Batch, known: KnownIds) -> None:
    referred = _referred(reference, batch)
    missing = referred - known.existing(reference.model, referred, but=reference.condition)
    if not missing:
        return
    note = f"kept in placeholder {_name(reference)}s: the export does not contain the {_name(reference)} they refer to"
    batch.notes[note] += sum(row[reference.column] in missing for _, row in batch.mapped)
    batch.placeholders.setdefault(reference.model, {}).update((id_, reference.make_row(id_)) for id_ in missing)


def _referred(reference: Reference | Placeholder, batch: Batch) -> set[str]:
    return {row[reference.column] for _, row in batch.mapped} - {None}


def _name(reference: Reference | Placeholder) -> str:
    return str(reference.model._meta.verbose_name)
