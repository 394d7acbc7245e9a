"""The history of events, kept forever: by quarter of an hour, and summed up by day."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connections, models, transaction

from ..db.sql import named, replacing
from .step_query import Span, SpanQuery, TimedTable, day_spans, midnight_of, next_midnight, steps

# Before all plausible times.
THE_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
# The number of quarters of an hour in a week.
PER_WEEK = 7 * 96


class EventRollupQuerySet(models.QuerySet["EventRollup"]):
    """Queries and inserts of event counts."""

    def by_step(self, keys: Sequence[str], bounds: Sequence[datetime]) -> list[tuple[str, int, int]]:
        """Return (key, step, number) for each step with events; days (UTC) within a step are read as one row each."""
        return self._sums(keys, steps(bounds))

    def by_quarter_of_week(self, keys: Sequence[str], bounds: Sequence[datetime]) -> list[tuple[int, int, int]]:
        """Return (step, quarter of an hour of the week, number) of the events of each step; the weeks begin as 1970 did."""
        query = SpanQuery(self.db)
        return query.select(
            f"SELECT i, {query.quarter_number_of('quarter')} %% {PER_WEEK}, {query.as_integer('sum(number)')} "
            "FROM {placed} GROUP BY 1, 2",
            query.placed(steps(bounds), _QUARTERS, "quarter, number", keys),
        )

    def before(self, keys: Sequence[str], moment: datetime) -> dict[str, int]:
        """Return the number of all events before a given time, by key."""
        return {key: number for key, _, number in self._sums(keys, [(0, THE_BEGINNING, moment)])}

    def _sums(self, keys: Sequence[str], spans: Sequence[Span]) -> list[tuple[str, int, int]]:
        query = SpanQuery(self.db)
        return query.select(
            "SELECT key, i, sum(number) FROM {placed} GROUP BY key, i ORDER BY key, i",
            *query.placed_by_day(spans, _DAYS, _QUARTERS, "key, number", keys),
        )

    def take_from(self, counted: "Iterable[models.QuerySet[Any, Any]]") -> None:
        """Insert the rows (key, quarter, number) of queries on the same database, added up, with nothing removed."""
        compiled = [rows.query.sql_with_params() for rows in counted]
        if not compiled:
            return
        together = " UNION ALL ".join(f"SELECT * FROM ({statement}) c" for statement, _ in compiled)
        statement = f"SELECT key, quarter, sum(number) FROM ({together}) t GROUP BY key, quarter"
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                named(f"{_TAKEN} {statement}", cursor.db.vendor),
                [parameter for _, parameters in compiled for parameter in parameters],
            )


class EventRollup(models.Model):
    """What happened of one kind in one quarter of an hour (UTC); without events there is no row.

    `number` is how many events there were, and never falls because rows are removed; `removed` is how many of their rows are
    gone by now. `moved` is how many more rows there are now because others changed their key, such as the kind of their room.
    So there are `number` - `removed` + `moved` rows now.
    """

    pk = models.CompositePrimaryKey("key", "quarter")
    key = models.CharField(max_length=24)
    quarter = models.DateTimeField()
    number = models.BigIntegerField()
    removed = models.BigIntegerField(default=0, db_default=0)
    moved = models.BigIntegerField(default=0, db_default=0)

    objects = EventRollupQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["quarter"], name="statistics_events_quarter")]

    def __str__(self) -> str:
        return f"{self.key}, {self.quarter:%Y-%m-%d %H:%M} UTC"


class EventDayQuerySet(models.QuerySet["EventDay"]):
    """Inserts of event counts by day."""

    def sum_up(self, days: Iterable[datetime], keys: Iterable[str]) -> None:
        """Sum up again the quarters of an hour of some keys in some days (UTC)."""
        if spans := day_spans(days):
            self._insert(spans, keys)

    def sum_up_between(self, since: datetime, until: datetime) -> None:
        """Sum up again the quarters of an hour of all keys in all days (UTC) of a time range, in one transaction."""
        since, until = midnight_of(since), next_midnight(until)
        with transaction.atomic(using=self.db):
            self.filter(day__gte=since, day__lt=until).delete()
            self._insert([(0, since, until)], ())

    def _insert(self, spans: Sequence[Span], keys: Iterable[str]) -> None:
        query = SpanQuery(self.db)
        query.select(
            f"INSERT INTO {_DAYS.name} (key, day, number) "
            f"SELECT key, {query.day_of('quarter')}, sum(number) FROM {{placed}} WHERE true GROUP BY 1, 2 "
            f"{replacing(query.connection.vendor, ('key', 'day'), ['number'])}",
            query.placed(spans, _QUARTERS, "key, quarter, number", list(keys)),
        )


class EventDay(models.Model):
    """What happened of one kind in one day (UTC): the sum of its quarters of an hour, for long ranges."""

    pk = models.CompositePrimaryKey("key", "day")
    key = models.CharField(max_length=24)
    day = models.DateTimeField()
    number = models.BigIntegerField()

    objects = EventDayQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key}, {self.day:%Y-%m-%d} UTC"


class DirtyRange(models.Model):
    """A range of quarters of an hour whose events must be recounted; `until` is excluded."""

    since = models.DateTimeField(db_index=True)
    until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M} UTC"


def new_past() -> int:
    """Return a number that stands for a past that no other one stands for."""
    return secrets.randbits(62)


class EventCoverage(models.Model):
    """The period whose events have been counted, in one row; before `measured_since` they were rebuilt afterwards.

    It is complete if there are no events before `since`: then totals can be rebuilt as well. `batch` is the number of the last
    batch of changes that was taken from the triggers. `unrecorded` are the names of the counts whose rows may have been
    reconciled without the changes that triggers recorded; these must not be taken any more. `is_live` tells that these are all
    counts, as before the first roll-up. From `seen_since` until `seen_until`, it was noted who was there; NULL if it never was.
    `files_at` is when the files of rooms were counted, NULL if they never were. `past` is another number whenever the people of
    days before yesterday (UTC) may have changed, as by an import: a random one, so that no restored or emptied database can
    have it again.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    since = models.DateTimeField()
    measured_since = models.DateTimeField()
    until = models.DateTimeField()
    is_complete = models.BooleanField(default=False)
    batch = models.PositiveIntegerField(default=0)
    is_live = models.BooleanField(default=True)
    unrecorded = models.JSONField(default=list, db_default=[])
    seen_since = models.DateTimeField(null=True)
    seen_until = models.DateTimeField(null=True)
    files_at = models.DateTimeField(null=True)
    past = models.BigIntegerField(default=new_past, db_default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="statistics_app_one_coverage")]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"


_QUARTERS, _DAYS = TimedTable(EventRollup, "quarter", 96), TimedTable(EventDay, "day", 1)
_TAKEN = f"INSERT INTO {_QUARTERS.name} (key, quarter, number)"
