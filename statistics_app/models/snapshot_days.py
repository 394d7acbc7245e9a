"""The number of snapshots by day, so that lists know their length, and find a page, without reading all snapshots."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models, transaction

from ..db.sql import conflict_target
from .step_query import DAY, SpanQuery, TimedTable, day_spans, split_at_days
from .time_range import TimeRange

if TYPE_CHECKING:
    from .snapshot import SnapshotQuerySet

# So many snapshots are skipped one by one.
_NEAR = 1000


class SnapshotDayQuerySet(models.QuerySet["SnapshotDay"]):
    """Sums of the numbers of snapshots, to which those are added that are not in the history yet."""

    def sum_up(self, days: Iterable[datetime]) -> None:
        """Count again the snapshots of some days (UTC) that are in the history."""
        if not (spans := day_spans(days)):
            return
        query, snapshots = SpanQuery(self.db), TimedTable(_snapshots(self.db).model, "created_at")
        placed = query.placed(spans, snapshots, "is_rolled_up")
        numbers = dict(query.select("SELECT i, count(*) FROM {placed} WHERE is_rolled_up GROUP BY i", placed))
        counted = [SnapshotDay(day=day, number=numbers.get(i, 0)) for i, day, _ in spans]
        SnapshotDay.objects.using(self.db).bulk_create(
            counted, update_conflicts=True, unique_fields=conflict_target(self.db, ["day"]), update_fields=["number"]
        )

    def sum_up_all(self) -> None:
        """Count again all snapshots that are in the history."""
        query = SpanQuery(self.db)
        with transaction.atomic(using=self.db):
            self.all().delete()
            query.select(
                f"INSERT INTO {SnapshotDay._meta.db_table} (day, number) SELECT {query.day_of('created_at')}, count(*) "
                f"FROM {_snapshots(self.db).model._meta.db_table} WHERE is_rolled_up GROUP BY 1"
            )

    def number_in(self, within: TimeRange) -> int:
        """Return the number of snapshots in a time range."""
        return sum(self._number_in_part(part, are_days=are_days) for part, are_days in _parts(within))

    def page(self, within: TimeRange, offset: int, size: int, *, newest_first: bool = True) -> "SnapshotQuerySet":
        """Return a page of the snapshots in a time range, sorted by time: at most `size`, after skipping `offset`.

        Whole days are skipped by their numbers, so that a page costs the same wherever it is.
        """
        if offset <= _NEAR:
            return _sorted(within, self.db, newest_first=newest_first)[offset:][:size]
        parts = list(_parts(within))
        for part, are_days in parts[::-1] if newest_first else parts:
            number = self._number_in_part(part, are_days=are_days)
            if offset < number:
                day, skipped = self._day_at(part, offset, newest_first=newest_first) if are_days else (part, 0)
                rest = TimeRange(within.since, day.until) if newest_first else TimeRange(day.since, within.until)
                return _sorted(rest, self.db, newest_first=newest_first)[offset - skipped :][:size]
            offset -= number
        return _snapshots(self.db).none()

    def _number_in_part(self, part: TimeRange, *, are_days: bool) -> int:
        if not are_days:
            return _sorted(part, self.db).count()
        [[number]] = self._select("SELECT coalesce(sum(number), 0) FROM ({numbers}) numbers", part)
        return int(number)

    def _day_at(self, part: TimeRange, offset: int, *, newest_first: bool) -> tuple[TimeRange, int]:
        """Return the day that a snapshot at an offset in whole days is in, and how many snapshots are skipped before it."""
        direction = "DESC" if newest_first else "ASC"
        [[at, skipped]] = self._select(
            "SELECT day, running - number FROM (SELECT day, number, sum(number) OVER (ORDER BY day {direction}) AS running "
            "FROM (SELECT day, sum(number) AS number FROM ({numbers}) numbers GROUP BY day) days) summed "
            "WHERE running > {offset} ORDER BY day {direction} LIMIT 1",
            part,
            direction=direction,
            offset=int(offset),
        )
        day = at if isinstance(at, datetime) else datetime.fromisoformat(at)
        day = day if day.tzinfo else day.replace(tzinfo=UTC)  # only PostgreSQL knows of one
        return TimeRange(day, day + DAY), int(skipped)

    def _select(self, statement: str, part: TimeRange, **texts: object) -> list[Any]:
        """Execute a statement over `{numbers}`: rows (day, number) that add up to all snapshots in whole days, in one view."""
        query = SpanQuery(self.db)
        numbers = (
            f"SELECT day, number FROM {SnapshotDay._meta.db_table} WHERE day >= %s AND day < %s "
            f"UNION ALL SELECT {query.day_of('created_at')}, 1 FROM {_snapshots(self.db).model._meta.db_table} "
            "WHERE NOT is_rolled_up AND created_at >= %s AND created_at < %s"
        )
        bounds = [query.adapted(part.since), query.adapted(part.until)]
        with query.connection.cursor() as cursor:
            cursor.execute(statement.format(numbers=numbers, **texts), [*bounds, *bounds])
            return cursor.fetchall()


class SnapshotDay(models.Model):
    """How many snapshots of a day (UTC) are stored and in the history."""

    day = models.DateTimeField(primary_key=True)
    number = models.PositiveIntegerField()

    objects = SnapshotDayQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} UTC"


def _parts(within: TimeRange) -> Iterator[tuple[TimeRange, bool]]:
    """Divide a time range into whole days (UTC) and what is left at its ends, in order.

    Yield each part with whether it consists of days.
    """
    if within.since >= within.until:
        return
    days, rest = split_at_days([(0, within.since, within.until)])
    parts = [(TimeRange(*span), True) for _, *span in days] + [(TimeRange(*span), False) for _, *span in rest]
    yield from sorted(parts, key=lambda part: part[0].since)


def _sorted(within: TimeRange, using: str, *, newest_first: bool = True) -> "SnapshotQuerySet":
    snapshots = _snapshots(using).within(within)
    return snapshots.newest_first() if newest_first else snapshots.oldest_first()


def _snapshots(using: str) -> "SnapshotQuerySet":
    """Return the snapshots in a database; their model imports this one."""
    return apps.get_model("statistics_app", "Snapshot")._default_manager.using(using)
