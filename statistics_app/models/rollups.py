"""The history that charts read: gauges by hour and events by quarter of an hour, kept forever."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connections, models

from .step_query import StepQuery


class GaugeRollupQuerySet(models.QuerySet["GaugeRollup"]):
    """Queries of gauges."""

    def by_step(self, keys: Sequence[str], bounds: Sequence[datetime]) -> list[tuple[str, int, float, float, float]]:
        """Return (key, step, last, least, greatest) for each step with a value; an hour belongs to the step it begins in."""
        # SQLite takes a bare column from the row with the maximum.
        last = "(array_agg(last ORDER BY hour DESC))[1]" if connections[self.db].vendor == "postgresql" else "last"
        return [
            (key, i, value, least, greatest)
            for key, i, value, least, greatest, _ in StepQuery(bounds, self.db).select(
                f"key, i, {last}, min(least), max(greatest), max(hour)",
                connections[self.db].ops.quote_name(self.model._meta.db_table),
                "hour",
                keys,
                "GROUP BY key, i ORDER BY key, i",
            )
        ]

    def last_by(self, keys: Sequence[str], moment: datetime) -> dict[str, float]:
        """Return the last value recorded at or before a time by key, for the keys that have one."""
        earlier = self.filter(hour__lte=moment, last_at__lte=moment).order_by("-hour")
        row = self.values_list(*(models.Subquery(earlier.filter(key=key).values("last")[:1]) for key in keys)).first()
        return {key: value for key, value in zip(keys, row or (), strict=False) if value is not None}

    def first_hours(self, keys: Sequence[str]) -> dict[str, datetime]:
        """Return the first hour with a value by key, for the keys that have one; each costs one index look-up."""
        first_hours = [models.Subquery(self.filter(key=key).order_by("hour").values("hour")[:1]) for key in keys]
        # The subqueries do not depend on the row that they are selected from.
        row = self.values_list(*first_hours).first() if keys else None
        return {key: hour for key, hour in zip(keys, row or (), strict=False) if hour is not None}


class GaugeRollup(models.Model):
    """The values of one gauge in the snapshots of one hour (UTC)."""

    pk = models.CompositePrimaryKey("key", "hour")
    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    least = models.FloatField()
    greatest = models.FloatField()
    last = models.FloatField()
    last_at = models.DateTimeField()
    total = models.FloatField()
    count = models.PositiveIntegerField()

    objects = GaugeRollupQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key}, {self.hour:%Y-%m-%d %H}:00 UTC"


class EventRollupQuerySet(models.QuerySet["EventRollup"]):
    """Queries and inserts of event counts."""

    def by_step(self, keys: Sequence[str], bounds: Sequence[datetime]) -> list[tuple[str, int, int]]:
        """Return (key, step, number) for each step with events."""
        table = connections[self.db].ops.quote_name(self.model._meta.db_table)
        return StepQuery(bounds, self.db).select(
            "key, i, sum(number)", table, "quarter", keys, "GROUP BY key, i ORDER BY key, i"
        )

    def before(self, keys: Sequence[str], moment: datetime) -> dict[str, int]:
        """Return the number of all events before a given time, by key."""
        earlier = self.filter(key__in=keys, quarter__lt=moment).order_by()
        return dict(earlier.values_list("key").annotate(sum=models.Sum("number")))

    def take_from(self, counted: "models.QuerySet[Any, Any]") -> None:
        """Insert the rows (key, quarter, number) of a query on the same database, with nothing removed."""
        statement, parameters = counted.query.sql_with_params()
        quote = connections[self.db].ops.quote_name
        columns = ", ".join(quote(name) for name in ("key", "quarter", "number"))
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"INSERT INTO {quote(self.model._meta.db_table)} ({columns}) {statement}", parameters)


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

    def __str__(self) -> str:
        return f"{self.key}, {self.quarter:%Y-%m-%d %H:%M} UTC"


class DirtyRange(models.Model):
    """A range of quarters of an hour whose events must be recounted; `until` is excluded."""

    since = models.DateTimeField(db_index=True)
    until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M} UTC"


class EventCoverage(models.Model):
    """The period whose events have been counted, in one row; before `measured_since` they were rebuilt afterwards.

    It is complete if there are no events before `since`: then totals can be rebuilt as well. `batch` is the number of the last
    batch of changes that was taken from the triggers; `is_live` tells that the last roll-up
    had no triggers to rely on; it is true before the first one.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    since = models.DateTimeField()
    measured_since = models.DateTimeField()
    until = models.DateTimeField()
    is_complete = models.BooleanField(default=False)
    batch = models.PositiveIntegerField(default=0)
    is_live = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="statistics_app_one_coverage")]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"
