"""Read a table by consecutive spans of time."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connections


class Steps:
    """Consecutive spans of time, as a common table expression `steps (i, since, until)` that other tables are joined to."""

    def __init__(self, bounds: Sequence[datetime], using: str) -> None:
        self.connection = connections[using]
        self.bounds = [self.connection.ops.adapt_datetimefield_value(bound) for bound in bounds]

    def select(self, statement: str, *parameters: Any) -> list[Any]:
        """Run a SELECT that reads `steps`; its parameters come after those of the bounds."""
        spans = list(pairwise(self.bounds))
        values = ", ".join(["(%s, %s, %s)"] * len(spans))
        flat = [part for i, span in enumerate(spans) for part in (i, *span)]
        with self.connection.cursor() as cursor:
            cursor.execute(f"WITH steps (i, since, until) AS (VALUES {values}) {statement}", [*flat, *parameters])
            return cursor.fetchall()
