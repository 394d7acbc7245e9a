"""Queries that group the rows of a table by consecutive time spans."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connections


class StepQuery:
    """Consecutive time spans, each from one bound to the next, that rows are assigned to by a timestamp column."""

    def __init__(self, bounds: Sequence[datetime], using: str) -> None:
        self.connection = connections[using]
        self.bounds = [self.connection.ops.adapt_datetimefield_value(bound) for bound in bounds]

    def select(self, expressions: str, table: str, column: str, keys: Sequence[str] = (), suffix: str = "") -> list[Any]:
        """Select expressions over the rows within the spans; `i` is the number of a row's span.

        `keys` restricts the rows by their column `key`, `suffix` is appended to the statement. PostgreSQL finds a row's span
        by a binary search in an array; SQLite loops over the spans and finds the rows by the index.
        """
        has_key = f"key IN ({', '.join(['%s'] * len(keys))})" if keys else "true"
        if self.connection.vendor == "postgresql":
            placed = (
                f"SELECT width_bucket({column}, %s::timestamptz[]) - 1 AS i, t.* FROM {table} t "
                f"WHERE {has_key} AND {column} >= %s AND {column} < %s"
            )
            parameters: list[Any] = [self.bounds, *keys, self.bounds[0], self.bounds[-1]]
        else:
            spans = list(pairwise(self.bounds))
            values = ", ".join(["(%s, %s, %s)"] * len(spans))
            placed = (
                f"SELECT steps.column1 AS i, t.* FROM (VALUES {values}) steps CROSS JOIN {table} t "
                f"WHERE {has_key} AND {column} >= steps.column2 AND {column} < steps.column3"
            )
            parameters = [*(part for i, span in enumerate(spans) for part in (i, *span)), *keys]
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {expressions} FROM ({placed}) placed {suffix}", parameters)
            return cursor.fetchall()
