"""Database functions for quarters of an hour (UTC), the intervals that events are counted by."""

from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Func

SECONDS = 900
QUARTER = timedelta(seconds=SECONDS)


class QuarterNumber(Func):
    """The number of the quarter of an hour that contains a time, counted from 1970, UTC; triggers store it as an integer."""

    output_field = BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Divide the seconds since 1970 on the server."""
        template = (
            f"CASE WHEN isfinite(%(expressions)s) THEN floor(date_part('epoch', %(expressions)s) / {SECONDS})::bigint END"
        )
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Divide the whole seconds since 1970; an offset makes them positive, since SQLite's division rounds towards zero."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        return f"(({seconds} + {1 << 40} * {SECONDS}) / {SECONDS} - {1 << 40})", parameters


class Quarter(Func):
    """The beginning of the quarter of an hour (UTC) that contains a time, in the database's format for times."""

    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Use the server's `date_bin`."""
        template = "date_bin(INTERVAL '15 minutes', %(expressions)s, TIMESTAMPTZ '1970-01-01 00:00:00+00')"
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Subtract the remainder of the whole seconds since 1970; before 1970 SQLite's remainder is negative."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        begin = f"{seconds} - (({seconds} %% {SECONDS}) + {SECONDS}) %% {SECONDS}"
        return f"datetime({begin}, 'unixepoch')", (*parameters, *parameters)
