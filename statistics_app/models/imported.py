"""What an import of another server's statistics leaves beside its snapshots."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import models

from ..serialization import LONGEST_ID
from .time_range import TimeRange

# As many keys as one statement takes on SQLite.
_MOST_KEYS = 900


class ImportedDocumentQuerySet(models.QuerySet["ImportedDocument"]):
    """Look-ups of documents by their ids."""

    def among(self, ids: Sequence[str]) -> set[str]:
        """Return those of some ids that were imported before."""
        found: set[str] = set()
        for start in range(0, len(ids), _MOST_KEYS):
            found |= set(self.filter(pk__in=ids[start : start + _MOST_KEYS]).values_list("pk", flat=True))
        return found


class ImportedDocument(models.Model):
    """The id of a document that is not to be imported again.

    That of each one that was imported, and of each snapshot that retention has removed, whoever took it: it is in the history,
    and must not be counted twice.
    """

    id = models.CharField(primary_key=True, max_length=LONGEST_ID)

    objects = ImportedDocumentQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.id


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations by key and time."""

    def extend(self, key: str, text: str, since: datetime, until: datetime) -> None:
        """Make an annotation cover a time as well; the caller must hold a transaction."""
        one, is_new = self.get_or_create(key=key, text=text, defaults={"since": since, "until": until})
        if not is_new and (since < one.since or until > one.until):
            one.since, one.until = min(since, one.since), max(until, one.until)
            one.save(using=self.db, update_fields=["since", "until"])

    def within(self, keys: Iterable[str], time_range: TimeRange) -> list["Annotation"]:
        """Return those of some keys that concern a time range, in the order of time."""
        found = self.filter(key__in=[*keys], since__lt=time_range.until, until__gte=time_range.since)
        return list(found.order_by("since", "key"))

    def concerning(self, moment: datetime) -> "AnnotationQuerySet":
        """Return those that concern a time, by key."""
        return self.filter(since__lte=moment, until__gte=moment).order_by("key", "since")


class Annotation(models.Model):
    """What is to be known of the values of a key in a time, such as that an imported server counted something else then.

    `since` and `until` are the times of the first and of the last such value.
    """

    key = models.CharField(max_length=64)
    text = models.CharField(max_length=255)
    since = models.DateTimeField()
    until = models.DateTimeField()

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "text"], name="statistics_annotation")]

    def __str__(self) -> str:
        return f"{self.key}, {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d} UTC: {self.text}"


class ReportedPeopleQuerySet(models.QuerySet["ReportedPeople"]):
    """Numbers of people by day."""

    def between(self, first: date, last: date) -> dict[tuple[int, date], int]:
        """Return the numbers of people by the number of their days and the last of these, for those in a range of dates."""
        found = self.filter(date__gte=first, date__lte=last).values_list("days", "date", "number")
        return {(days, day): number for days, day, number in found}


class ReportedPeople(models.Model):
    """How many people an imported server counted itself in the `days` days up to and including a date of its clock."""

    pk = models.CompositePrimaryKey("days", "date")
    days = models.PositiveSmallIntegerField()
    date = models.DateField()
    number = models.BigIntegerField()

    objects = ReportedPeopleQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} people in {self.days} days up to {self.date}"
