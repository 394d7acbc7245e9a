"""Read a table by consecutive spans of time."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connections


class StepQuery:
    """Consecutive spans of time, each from one bound to the next, that rows are placed in by a column."""

    def __init__(self, bounds: Sequence[datetime], using: str) -> None:
        self.connection = connections[using]
        self.bounds = [self.connection.ops.adapt_datetimefield_value(bound) for bound in bounds]

    def select(self, what: str, table: str, column: str, keys: Sequence[str] = (), then: str = "") -> list[Any]:
        """Select from the rows within the spans, those of some keys only, each with the number of its span as `i`.

        PostgreSQL finds a row's span by a search in an array; SQLite loops over the spans and has the index find the rows.
        """
        among = f"key IN ({', '.join(['%s'] * len(keys))})" if keys else "true"
        if self.connection.vendor == "postgresql":
            placed = (
                f"SELECT width_bucket({column}, %s::timestamptz[]) - 1 AS i, t.* FROM {table} t "
                f"WHERE {among} AND {column} >= %s AND {column} < %s"
            )
            parameters: list[Any] = [self.bounds, *keys, self.bounds[0], self.bounds[-1]]
        else:
            spans = list(pairwise(self.bounds))
            values = ", ".join(["(%s, %s, %s)"] * len(spans))
            placed = (
                f"SELECT steps.column1 AS i, t.* FROM (VALUES {values}) steps CROSS JOIN {table} t "
                f"WHERE {among} AND {column} >= steps.column2 AND {column} < steps.column3"
            )
            parameters = [*(part for i, span in enumerate(spans) for part in (i, *span)), *keys]
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {what} FROM ({placed}) placed {then}", parameters)
            return cursor.fetchall()
