"""The history of gauges, kept forever: summaries of what the snapshots of an hour, and of a day, recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import models

from ..db.sql import MYSQL, POSTGRESQL, named, replacing
from .imported import ImportedDocument
from .snapshot import Snapshot
from .step_query import SpanQuery, TimedTable, day_spans, steps

_COLUMNS = "key, least, greatest, last_at, total, count"
_SUMMED = "min(least) AS least, max(greatest) AS greatest, max(last_at) AS last_at, sum(total) AS total, sum(count) AS count"


@dataclass(frozen=True, slots=True)
class GaugeSummary:
    """What the snapshots of a time span recorded of a gauge: extremes, last value, and the sum of so many values."""

    least: float
    greatest: float
    last: float
    total: float
    count: int

    @property
    def average(self) -> float:
        """The average of the recorded values."""
        return self.total / self.count


class GaugeRollupQuerySet(models.QuerySet["GaugeRollup"]):
    """Queries and writes of gauges."""

    def store(self, rollups: Iterable["GaugeRollup"]) -> None:
        """Insert rollups, or replace those of the same key and hour; `bulk_create` would mostly build its statements."""
        query = SpanQuery(self.db)
        adapted = cache(query.adapted)  # many have the same times
        rows = [
            (
                one.key,
                adapted(one.hour),
                one.least,
                one.greatest,
                one.last,
                adapted(one.last_at),
                one.total,
                one.count,
            )
            for one in rollups
        ]
        if not rows:
            return
        with query.connection.cursor() as cursor:
            vendor = query.connection.vendor
            insert = named(f"{_INSERT} {{}} {replacing(vendor, ('key', 'hour'), _VALUES)}", vendor)
            if vendor == POSTGRESQL:
                cursor.execute(insert.format(_UNNEST), [list(column) for column in zip(*rows, strict=True)])
            else:
                # SQLite reads decimal numbers less exactly than Python writes them, and has no statements to send.
                cursor.executemany(insert.format(f"VALUES ({', '.join(['%s'] * len(rows[0]))})"), rows)

    def by_step(self, keys: Sequence[str], bounds: Sequence[datetime]) -> list[tuple[str, int, GaugeSummary]]:
        """Return (key, step, summary) for each step with a value; an hour belongs to the step it begins in.

        Days (UTC) within a step are read as one row each, so that a long range has few rows.
        """
        query = SpanQuery(self.db)
        rows = query.select(
            f"SELECT key, i, least, greatest, {_LAST}, total, count "
            f"FROM (SELECT key, i, {_SUMMED} FROM {{placed}} GROUP BY key, i) summed ORDER BY key, i",
            *query.placed_by_day(steps(bounds), _DAYS, _HOURS, _COLUMNS, keys),
        )
        return [(key, i, GaugeSummary(*summary)) for key, i, *summary in rows]

    def last_by(self, keys: Sequence[str], moment: datetime) -> dict[str, float]:
        """Return the last value recorded at or before a time by key, for the keys that have one."""
        query = SpanQuery(self.db)
        # One statement whose text is short: subqueries of the ORM for all keys take longer to write than to execute.
        by_then = "hour <= %s AND last_at <= %s"
        if query.connection.vendor == MYSQL:  # which names no columns of VALUES
            one = f"(SELECT key, last FROM {_HOURS.name} WHERE key = %s AND {by_then} ORDER BY hour DESC LIMIT 1)"
            at = query.adapted(moment)
            return dict(
                query.execute(" UNION ALL ".join([one] * len(keys)), [value for key in keys for value in (key, at, at)])
            )
        wanted = ", ".join(["(%s)"] * len(keys))
        last = f"SELECT hour FROM {_HOURS.name} WHERE key = wanted.column1 AND {by_then} ORDER BY hour DESC LIMIT 1"
        rows = query.execute(
            f"SELECT key, last FROM (VALUES {wanted}) wanted JOIN {_HOURS.name} ON key = wanted.column1 AND hour = ({last})",
            [*keys, *[query.adapted(moment)] * 2],
        )
        return dict(rows)

    def measured_since(self, keys: Sequence[str]) -> dict[str, datetime]:
        """Return since when gauges are measured here, by key, for the keys that are; each costs one index look-up.

        That is the first hour with a value; after an import, whose snapshots may be years apart, the first snapshot taken here.
        """
        hours = [models.Subquery(self.filter(key=key).order_by("hour").values("hour")[:1]) for key in keys]
        is_imported = models.Exists(ImportedDocument.objects.all())
        taken = models.Subquery(Snapshot.objects.taken().oldest_first().values("created_at")[:1])
        # The subqueries do not depend on the row that they are selected from.
        row = self.values_list(*hours, is_imported, taken).first() if keys else None
        if row is None:
            return {}
        *first, has_imports, taken_since = row
        return {
            key: since
            for key, hour in zip(keys, first, strict=True)
            if hour and (since := taken_since if has_imports else hour)
        }


class GaugeDayQuerySet(models.QuerySet["GaugeDay"]):
    """Inserts of gauges by day."""

    def sum_up(self, days: Iterable[datetime], keys: Iterable[str]) -> None:
        """Sum up again the hours of some gauges in some days (UTC)."""
        spans = day_spans(days)
        if not spans:
            return
        query = SpanQuery(self.db)
        query.select(
            f"INSERT INTO {_DAYS.name} (key, day, least, greatest, last, last_at, total, count) "
            f"SELECT key, day, least, greatest, {_LAST}, last_at, total, count FROM (SELECT key, "
            f"{query.day_of('hour')} AS day, {_SUMMED} FROM {{placed}} GROUP BY 1, 2) summed WHERE true "
            f"{replacing(query.connection.vendor, ('key', 'day'), _VALUES)}",
            query.placed(spans, _HOURS, f"hour, {_COLUMNS}", list(keys)),
        )


class GaugeSpan(models.Model):
    """The values of one gauge in the snapshots of one span of time."""

    key = models.CharField(max_length=64)
    least = models.FloatField()
    greatest = models.FloatField()
    last = models.FloatField()
    last_at = models.DateTimeField()
    total = models.FloatField()
    count = models.PositiveIntegerField()

    class Meta:
        abstract = True
        default_permissions = ()


class GaugeRollup(GaugeSpan):
    """The values of one gauge in the snapshots of one hour (UTC)."""

    pk = models.CompositePrimaryKey("key", "hour")
    hour = models.DateTimeField()

    objects = GaugeRollupQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.key}, {self.hour:%Y-%m-%d %H}:00 UTC"


class GaugeDay(GaugeSpan):
    """The values of one gauge in the snapshots of one day (UTC): the summary of its hours, for long ranges."""

    pk = models.CompositePrimaryKey("key", "day")
    day = models.DateTimeField()

    objects = GaugeDayQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.key}, {self.day:%Y-%m-%d} UTC"


_VALUES = ("least", "greatest", "last", "last_at", "total", "count")
_INSERT = f"INSERT INTO {GaugeRollup._meta.db_table} (key, hour, {', '.join(_VALUES)})"
_UNNEST = (
    "SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::float8[], %s::float8[], %s::float8[], %s::timestamptz[], "
    "%s::float8[], %s::integer[])"
)
_HOURS, _DAYS = TimedTable(GaugeRollup, "hour", 24), TimedTable(GaugeDay, "day", 1)
# The value of the last hour by then; a subquery, since SQLite has no ordered aggregates.
_LAST = (
    f"(SELECT last FROM {_HOURS.name} hours WHERE hours.key = summed.key AND hours.hour <= summed.last_at "
    "ORDER BY hours.hour DESC LIMIT 1) AS last"
)
