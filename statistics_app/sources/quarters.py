"""Quarters of an hour, UTC: the unit that events are counted by."""

from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Func

SECONDS = 900
QUARTER = timedelta(seconds=SECONDS)


class QuarterNumber(Func):
    """The number of the quarter of an hour that a time is in, counted from 1970, UTC; a number, since triggers keep it."""

    output_field = BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Let the server divide."""
        template = f"floor(date_part('epoch', %(expressions)s) / {SECONDS})::bigint"
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Go by whole seconds since 1970; before that a division would cut in the wrong direction."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        return f"(({seconds} + {1 << 40} * {SECONDS}) / {SECONDS} - {1 << 40})", parameters


class Quarter(Func):
    """The beginning of the quarter of an hour (UTC) that a time is in, as the database keeps a time."""

    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Let the server bin it."""
        template = "date_bin(INTERVAL '15 minutes', %(expressions)s, TIMESTAMPTZ '1970-01-01 00:00:00+00')"
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Go by whole seconds since 1970; before that a remainder would be negative."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        begin = f"{seconds} - (({seconds} %% {SECONDS}) + {SECONDS}) %% {SECONDS}"
        return f"datetime({begin}, 'unixepoch')", (*parameters, *parameters)
