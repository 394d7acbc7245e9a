"""Queries that group the rows of tables by time spans, in any time zone."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import Any

from django.db import connections, models

from ..db.sql import INTEGER, MYSQL, POSTGRESQL, TIME, as_integer, divided, json_rows, named, seconds_since_1970

DAY = timedelta(days=1)
# The number of a step, and a time span that belongs to it; its end is excluded.
Span = tuple[int, datetime, datetime]


@dataclass(frozen=True, slots=True)
class TimedTable:
    """A table whose rows have a time; `per_day` is the greatest number of rows of one key in a day, None if there is none."""

    model: type[models.Model]
    column: str
    per_day: int | None = None

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.model._meta.db_table


@dataclass(frozen=True, slots=True)
class Placed:
    """A SELECT of the rows of a table within some spans, with the number of each row's step as `i`, and its parameters."""

    sql: str
    parameters: Sequence[Any]


class SpanQuery:
    """A query of the rows of some tables that are within time spans."""

    def __init__(self, using: str) -> None:
        self.connection = connections[using]

    def placed_by_day(
        self, spans: Sequence[Span], days: TimedTable, rows: TimedTable, columns: str, keys: Sequence[str]
    ) -> list[Placed]:
        """Return SELECTs of columns of the rows in some steps that follow each other, for the keys.

        Whole days within a step are those of the table `days`; what is left at its ends is from the table `rows`.
        """
        whole, rest = split_at_days(spans)
        if not whole:
            return [self.placed(spans, rows, columns, keys)]
        return [
            self._whole_days(spans, whole, days, columns, keys),
            *([self.placed(rest, rows, columns, keys)] if rest else []),
        ]

    def _whole_days(
        self, spans: Sequence[Span], whole: Sequence[Span], days: TimedTable, columns: str, keys: Sequence[str]
    ) -> Placed:
        if self.connection.vendor != "postgresql":
            return self.placed(whole, days, columns, keys)
        # A single scan, whose cost PostgreSQL estimates well: where it expects a high one, it compiles the query first.
        bounds = _bounds(spans)
        return Placed(
            f"SELECT i - 1 AS i, {columns} FROM (SELECT width_bucket(day, %s::timestamptz[]) AS i, * FROM {days.name} "
            f"WHERE {_has_key(keys)} AND day >= %s AND day < %s OFFSET 0) t "
            "WHERE day + interval '24 hours' <= (%s::timestamptz[])[i + 1]",
            [bounds, *keys, bounds[0], bounds[-1], bounds],
        )

    def placed(self, spans: Sequence[Span], rows: TimedTable, columns: str, keys: Sequence[str] = ()) -> Placed:
        """Return a SELECT of columns of the rows whose timestamp is in one of the spans; `keys` restricts the column `key`.

        PostgreSQL finds the step of a row by a binary search in an array if the spans have no gaps; otherwise it loops over the
        spans, as other databases always do, and finds the rows by the index. Spans with gaps are no longer than a day.
        """
        has_key, table, column = _has_key(keys), rows.name, rows.column
        if self.connection.vendor != "postgresql":
            listed = json.dumps([[i, self.adapted(since), self.adapted(until)] for i, since, until in spans])
            listed_spans = json_rows(self.connection.vendor, {"i": INTEGER, "since": TIME, "until": TIME})
            return Placed(
                f"SELECT i, {columns} FROM ({listed_spans}) spans CROSS JOIN {table} "
                f"WHERE {has_key} AND {column} >= since AND {column} < until",
                [listed, *keys],
            )
        if _is_contiguous(spans):
            bounds = _bounds(spans)
            return Placed(
                f"SELECT width_bucket({column}, %s::timestamptz[]) - 1 AS i, {columns} FROM {table} "
                f"WHERE {has_key} AND {column} >= %s AND {column} < %s",
                [bounds, *keys, bounds[0], bounds[-1]],
            )
        # A limit that is never reached keeps PostgreSQL from expecting a share of the whole table in each span.
        most = rows.per_day * len(keys) if rows.per_day and keys else "ALL"
        in_span = f"{has_key} AND {column} >= since AND {column} < until"
        return Placed(
            f"SELECT i, {columns} FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[]) spans (i, since, until) "
            f"CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {in_span} LIMIT {most}) t",
            [*map(list, zip(*spans, strict=True)), *keys],
        )

    def select(self, statement: str, *placed: Placed) -> list[Any]:
        """Execute a statement in which `{placed}` stands for all the placed rows, and return its rows."""
        rows = " UNION ALL ".join(part.sql for part in placed)
        return self.execute(statement.format(placed=f"({rows}) placed"), list(chain(*(part.parameters for part in placed))))

    def execute(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        """Execute a statement and return its rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(named(statement, self.connection.vendor), parameters)
            return list(cursor.fetchall()) if cursor.description else []

    def day_of(self, column: str) -> str:
        """Return an expression for the start of the day (UTC) that a timestamp is in."""
        if self.connection.vendor == POSTGRESQL:
            return f"date_trunc('day', {column}, 'UTC')"
        return f"TIMESTAMP(date({column}))" if self.connection.vendor == MYSQL else f"date({column}) || ' 00:00:00'"

    def quarter_number_of(self, column: str) -> str:
        """Return an expression for the number, since 1970, of the quarter of an hour that begins at a timestamp."""
        vendor = self.connection.vendor
        if vendor == MYSQL:
            return divided(seconds_since_1970(column), 900, vendor)
        return (
            f"CAST(date_part('epoch', {column}) AS bigint) / 900"
            if vendor == POSTGRESQL
            else f"CAST(strftime('%%s', {column}) AS integer) / 900"
        )

    def as_integer(self, expression: str) -> str:
        """Return an expression as an integer of 64 bits."""
        return as_integer(expression, self.connection.vendor)

    def adapted(self, moment: datetime) -> Any:
        """Return a time as the database's driver takes it."""
        return self.connection.ops.adapt_datetimefield_value(moment)


def steps(bounds: Sequence[datetime]) -> list[Span]:
    """Return the spans from each bound to the next."""
    return [(i, since, until) for i, (since, until) in enumerate(pairwise(bounds))]


def day_spans(days: Iterable[datetime]) -> list[Span]:
    """Return the spans of days (UTC), each given by its start."""
    return [(i, day, day + DAY) for i, day in enumerate(sorted(set(days)))]


def split_at_days(spans: Iterable[Span]) -> tuple[list[Span], list[Span]]:
    """Divide spans into whole days (UTC), and what is left at their ends.

    So a long span has few rows by day and by hour, and what it includes is exact in any time zone.
    """
    days: list[Span] = []
    rest: list[Span] = []
    for i, since, until in spans:
        first, last = next_midnight(since), midnight_of(until)
        if first < last:
            days.append((i, first, last))
            rest += [(i, *ends) for ends in ((since, first), (last, until)) if ends[0] < ends[1]]
        else:
            rest.append((i, since, until))
    return days, rest


def midnight_of(moment: datetime) -> datetime:
    """Return the start of the day (UTC) that contains a time."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def next_midnight(moment: datetime) -> datetime:
    """Return the first start of a day (UTC) at or after a time."""
    return midnight_of(moment + DAY - timedelta.resolution)


def _has_key(keys: Sequence[str]) -> str:
    return f"key IN ({', '.join(['%s'] * len(keys))})" if keys else "true"


def _bounds(spans: Sequence[Span]) -> list[datetime]:
    return [*(since for _, since, _ in spans), spans[-1][2]]


def _is_contiguous(spans: Sequence[Span]) -> bool:
    return all(before[2] == after[1] and before[0] + 1 == after[0] for before, after in pairwise(spans)) and spans[0][0] == 0
