"""Queries that count different people in time spans, from the masks of the days on which they were active.

A span is given in numbers of quarters of an hour since 1970, so it can be a day or a month of any time zone: no zone has had an
offset off the quarter of an hour since 1971.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connections, models

from ..db.sql import MYSQL
from .activity import Person, integer_rows, table_of

PER_DAY = 96
PER_MASK = PER_DAY // 2
FULL = (1 << PER_MASK) - 1
# With more spans, a statement for each would be too long; SQLite combines 500 SELECTs at most.
MOST_BY_THEMSELVES = 100
# The number of a step, the first quarter of an hour of a span, and the first one after it.
QuarterSpan = tuple[int, int, int]


class ActiveQuery:
    """Counts accounts of some types, or of all others, in the days of some tables; each once, whatever table has them."""

    def __init__(
        self, tables: Sequence[type[models.Model]], types: Sequence[str], using: str, *, are_others: bool = False
    ) -> None:
        self.connection = connections[using]
        self.tables = tables
        self.types = types
        self.are_others = are_others

    def people(self, spans: Sequence[QuarterSpan]) -> dict[int, int]:
        """Return the number of different people by step; each span is another step.

        A few are each counted by themselves, with their days in the statement: so the database knows how many rows these are,
        reads whole days from the index alone, and sorts people only.
        """
        if len(spans) > MOST_BY_THEMSELVES:
            placed, parameters = self._placed(spans)
            return dict(self._select(f"SELECT i, count(DISTINCT person) FROM ({placed}) p GROUP BY i", parameters))
        selects, parameters = [], []
        for i, since, until in spans:
            parts = self._parts_of(since, until)
            selects.append(f"SELECT {i}, count(DISTINCT person) FROM ({' UNION ALL '.join(parts)}) p")
            parameters += [*self.types] * len(parts)
        return dict(self._select(" UNION ALL ".join(selects), parameters)) if selects else {}

    def _parts_of(self, since: int, until: int, columns: str = "d.person", also: str = "") -> list[str]:
        """Return SELECTs of columns of the activity in a span: in its whole days, and in the parts of days at its ends."""
        whole, partial = _split([(0, since, until)])
        conditions = [f"d.day >= {first} AND d.day < {last}" for _, first, last in whole]
        conditions += [f"d.day = {day} AND (d.am & {am} <> 0 OR d.pm & {pm} <> 0)" for _, day, am, pm in partial]
        return [
            f"SELECT {columns} FROM {table_of(model)} d WHERE {condition}{also}{self._included}"
            for model in self.tables
            for condition in conditions
        ]

    def gaps(self, spans: Sequence[QuarterSpan], longest: int) -> list[tuple[int, int, int]]:
        """Return (step, steps until the same people's next activity, number of people); `longest` if it is longer, or none.

        From these, the people of every window of up to so many steps follow: whoever is active in a step is in the windows
        that end in this and the following steps, until their next activity brings them in again.
        """
        placed, parameters = self._placed(spans)
        return self._select(
            f"SELECT i, CASE WHEN gap IS NULL OR gap > %s THEN %s ELSE gap END, count(*) FROM ("
            f"SELECT i, lead(i) OVER (PARTITION BY person ORDER BY i) - i AS gap FROM ({placed}) p) g "
            "WHERE gap IS NULL OR gap > 0 GROUP BY 1, 2",
            [longest, longest, *parameters],
        )

    def arrivals(self, spans: Sequence[QuarterSpan]) -> list[tuple[int, int | None, int, int]]:
        """Return (step, steps since the same people's activity before, 1 if it is their first one ever, number of people).

        If there is no activity before it in the spans, which have no gaps, the number of steps since is None.
        """
        placed, parameters = self._placed(spans)
        return self._select(
            "SELECT i, gap, CASE WHEN gap IS NULL AND first_quarter >= %s THEN 1 ELSE 0 END, count(*) FROM ("
            "SELECT p.i, p.i - lag(p.i) OVER (PARTITION BY p.person ORDER BY p.i) AS gap, n.first_quarter "
            f"FROM ({placed}) p JOIN {table_of(Person)} n ON n.id = p.person) a "
            "WHERE gap IS NULL OR gap > 0 GROUP BY 1, 2, 3",
            [spans[0][1], *parameters],
        )

    def cohorts(self, spans: Sequence[QuarterSpan]) -> list[tuple[int, int, int]]:
        """Return (step of the people's first message, step, number of people who were active in it)."""
        placed, parameters = self._placed(spans)
        rows, row_parameters = self._rows(spans, ("i", "since", "until"))
        # SQLite looks people up in a table that it has made, but not in a subquery.
        materialized = "" if self.connection.vendor == MYSQL else "MATERIALIZED "
        return self._select(
            f"WITH c AS {materialized}(SELECT n.id, s.i FROM ({rows}) s JOIN {table_of(Person)} n "
            "ON n.first_quarter >= s.since AND n.first_quarter < s.until) "
            f"SELECT c.i, p.i, count(DISTINCT p.person) FROM ({placed}) p JOIN c ON c.id = p.person GROUP BY 1, 2",
            [*row_parameters, *parameters],
        )

    def people_by_room(self, span: QuarterSpan, rooms: Sequence[int]) -> dict[int, int]:
        """Return the number of different people by room, of some rooms, in one span; the tables have a column `room`."""
        parts = self._parts_of(span[1], span[2], "d.room, d.person", f" AND d.room IN ({', '.join(map(str, rooms))})")
        counted = f"SELECT room, count(DISTINCT person) FROM ({' UNION ALL '.join(parts)}) p GROUP BY room"
        return dict(self._select(counted, [*self.types] * len(parts)))

    def steps_of_people(self, spans: Sequence[QuarterSpan], offset: int, count: int) -> list[tuple[int, int]]:
        """Return (person, number of steps in which they were active) of some people; those with the most come first."""
        placed, parameters = self._placed(spans)
        return self._select(
            f"SELECT person, count(DISTINCT i) FROM ({placed}) p GROUP BY person ORDER BY 2 DESC, 1 LIMIT %s OFFSET %s",
            [*parameters, count, offset],
        )

    def _placed(self, spans: Sequence[QuarterSpan]) -> tuple[str, list[Any]]:
        """Return a SELECT of (step, person) with a row for every day of activity in each span, and its parameters."""
        whole, partial = _split(spans)
        selects: list[str] = []
        parameters: list[Any] = []
        for model in self.tables:
            table = table_of(model)
            if whole:
                rows, values = self._rows(whole, ("i", "first", "last"))
                selects.append(
                    f"SELECT s.i, d.person FROM ({rows}) s CROSS JOIN {table} d "
                    f"WHERE d.day >= s.first AND d.day < s.last{self._included}"
                )
                parameters += [*values, *self.types]
            if partial:
                rows, values = self._rows(partial, ("i", "day", "am", "pm"))
                selects.append(
                    f"SELECT s.i, d.person FROM ({rows}) s CROSS JOIN {table} d "
                    f"WHERE d.day = s.day AND (d.am & s.am <> 0 OR d.pm & s.pm <> 0){self._included}"
                )
                parameters += [*values, *self.types]
        return " UNION ALL ".join(selects), parameters

    @property
    def _included(self) -> str:
        types = ", ".join(["%s"] * len(self.types))
        operator = "NOT IN" if self.are_others else "IN"
        return f" AND d.person {operator} (SELECT id FROM {table_of(Person)} WHERE type IN ({types}))"

    def _rows(self, rows: Iterable[Sequence[int]], names: Sequence[str]) -> tuple[str, list[Any]]:
        return integer_rows(list(rows), names, self.connection.vendor)

    def _select(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()


def _split(spans: Iterable[QuarterSpan]) -> tuple[list[QuarterSpan], list[tuple[int, int, int, int]]]:
    """Divide spans into whole days, as (step, first day, first day after), and parts of days, as (step, day, am, pm)."""
    whole: list[QuarterSpan] = []
    partial: list[tuple[int, int, int, int]] = []
    for i, since, until in spans:
        first, last = -(-since // PER_DAY), until // PER_DAY
        if first < last:
            whole.append((i, first, last))
        partial += ((i, day, *mask) for day, mask in _parts_of_days(since, until) if not first <= day < last)
    return whole, partial


def _parts_of_days(since: int, until: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the first and the last day of a span, with the masks of its quarters of an hour in them."""
    for day in dict.fromkeys((since // PER_DAY, (until - 1) // PER_DAY)):
        begin, end = max(since - day * PER_DAY, 0), min(until - day * PER_DAY, PER_DAY)
        bits = (1 << end) - (1 << begin)
        yield day, (bits & FULL, bits >> PER_MASK)
