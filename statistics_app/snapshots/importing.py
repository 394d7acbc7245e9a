"""Storing the statistics of another server as snapshots: each document once, whatever is imported how often."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import router, transaction

from ..db.sql import conflict_target
from ..foreign.translation import Translation
from ..models import Annotation, ImportedDocument, ReportedPeople, Snapshot
from ..models.snapshot import Counting, Origin

# By so much a server's clock may be ahead.
CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many documents became snapshots, and how many were there before."""

    new: int = 0
    known: int = 0


def require_past(translation: Translation, now: datetime) -> None:
    """Refuse a document that was made after a time. Errors: ValueError."""
    if translation.created_at > now + CLOCK_SKEW:
        raise ValueError(f"The document's 'createdAt' is in the future: {translation.created_at:%Y-%m-%d %H:%M} UTC.")


def import_snapshots(translations: Sequence[Translation]) -> Imported:
    """Store documents as snapshots with the origin *imported*, in one transaction; those stored before stay as they are.

    They have no number, so that the newest one that was taken stays the latest. The next roll-up adds them to the history.
    """
    using = router.db_for_write(Snapshot)
    with transaction.atomic(using=using):
        by_identity = {one.identity: one for one in translations}
        known = _known([*by_identity], using)
        new = [one for identity, one in by_identity.items() if identity not in known]
        Snapshot.objects.using(using).bulk_create([_snapshot(one) for one in new], batch_size=100, ignore_conflicts=True)
        ImportedDocument.objects.using(using).bulk_create(
            [ImportedDocument(id=one.identity) for one in new], ignore_conflicts=True
        )
        _annotate(new, using)
        _report_people(new, using)
    return Imported(len(new), len(translations) - len(new))


def note_report(reported: Translation, taken_at: datetime, using: str) -> None:
    """Keep what a server reported beside its numbers when it was asked for them; the caller must hold a transaction.

    The server keeps the same document: its id is noted, so that an import leaves it out.
    """
    ImportedDocument.objects.using(using).bulk_create([ImportedDocument(id=reported.identity)], ignore_conflicts=True)
    _annotate([replace(reported, created_at=taken_at)], using)
    _report_people([reported], using)


def _known(identities: Sequence[str], using: str) -> set[str]:
    stored = Snapshot.objects.using(using).filter(pk__in=identities).values_list("pk", flat=True)
    return ImportedDocument.objects.using(using).among(identities) | set(stored)


def _snapshot(translation: Translation) -> Snapshot:
    snapshot = Snapshot(
        id=translation.identity,
        created_at=translation.created_at,
        origin=Origin.IMPORT,
        took_ms=0,
        host="",
        server=translation.server,
        problems=translation.problems,
        counting=Counting.REPORTED,
        body=Snapshot.body_of(translation.document),
    )
    snapshot.set_headlines()
    return snapshot


def _annotate(translations: Iterable[Translation], using: str) -> None:
    """Extend what is said of the keys whose values count something else than their definitions say."""
    times: dict[tuple[str, str], list[datetime]] = {}
    for one in translations:
        for key, text in one.notes.items():
            times.setdefault((key, text), []).append(one.created_at)
    for (key, text), found in times.items():
        Annotation.objects.using(using).extend(key, text, min(found), max(found))


def _report_people(translations: Iterable[Translation], using: str) -> None:
    """Keep the numbers of people; of several for the same days, the greatest: people are only added while a day is counted."""
    reported = [people for one in translations for people in one.people]
    stored = ReportedPeople.objects.using(using).filter(date__in={people.day for people in reported})
    numbers = {(row.days, row.date): row.number for row in stored}
    for people in reported:
        numbers[people.days, people.day] = max(people.number, numbers.get((people.days, people.day), 0))
    rows = [ReportedPeople(days=days, date=date, number=number) for (days, date), number in numbers.items()]
    ReportedPeople.objects.using(using).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=conflict_target(using, ["days", "date"]),
        update_fields=["number"],
        batch_size=200,
    )
