"""Database functions for quarters of an hour (UTC), the intervals that events are counted by."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Func, Q

from ..db.sql import seconds_since_1970
from ..foreign.values import EARLIEST, LATEST

SECONDS = 900
QUARTER = timedelta(seconds=SECONDS)
# The first plausible time of an event, and the first that is not.
PLAUSIBLE = (EARLIEST, LATEST)
# Years are compared faster than times.
_FIRST_YEAR, _END_YEAR = EARLIEST.year, LATEST.year
_PLAUSIBLE_SECONDS = tuple(int(bound.timestamp()) for bound in PLAUSIBLE)
# The number of the current quarter, in the SQL of triggers.
CURRENT_QUARTER = {
    "postgresql": f"floor(date_part('epoch', now()) / {SECONDS})::bigint",
    "sqlite": f"CAST(strftime('%s', 'now') AS INTEGER) / {SECONDS}",
}


def has_plausible_time(column: str) -> Q:
    """Return the condition that a column holds a plausible time."""
    return Q(**{f"{column}__gte": PLAUSIBLE[0], f"{column}__lt": PLAUSIBLE[1]})


def plausible_time(moment: datetime | None) -> datetime | None:
    """Return a time in UTC unchanged if it is plausible, otherwise None."""
    return moment if moment is not None and _FIRST_YEAR <= moment.year < _END_YEAR else None


class QuarterNumber(Func):
    """The number of the quarter of an hour that contains a time, counted from 1970, UTC; NULL if the time is not plausible."""

    output_field = BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Divide the seconds since 1970 on the server."""
        first, end = (f"TIMESTAMPTZ '{bound.isoformat()}'" for bound in PLAUSIBLE)
        template = (
            f"CASE WHEN %(expressions)s >= {first} AND %(expressions)s < {end} "
            f"THEN floor(date_part('epoch', %(expressions)s) / {SECONDS})::bigint END"
        )
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Divide the whole seconds since 1970."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        first, end = _PLAUSIBLE_SECONDS
        return f"CASE WHEN {seconds} >= {first} AND {seconds} < {end} THEN {seconds} / {SECONDS} END", (*parameters,) * 3

    def as_mysql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Divide the whole seconds since 1970."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = seconds_since_1970(expression)
        first, end = _PLAUSIBLE_SECONDS
        sql = f"CASE WHEN {seconds} >= {first} AND {seconds} < {end} THEN {seconds} DIV {SECONDS} END"
        return sql, (*parameters,) * 3


class Quarter(Func):
    """The beginning of the quarter of an hour (UTC) that contains a time, in the database's format for times."""

    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Use the server's `date_bin`."""
        template = "date_bin(INTERVAL '15 minutes', %(expressions)s, TIMESTAMPTZ '1970-01-01 00:00:00+00')"
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Subtract the remainder of the whole seconds since 1970; the time must be plausible, so that these are positive."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        begin = f"{seconds} - {seconds} %% {SECONDS}"
        return f"datetime({begin}, 'unixepoch')", (*parameters, *parameters)

    def as_mysql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Add the whole quarters to the beginning of 1970."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"{seconds_since_1970(expression)} DIV {SECONDS} * {SECONDS}"
        return f"TIMESTAMPADD(SECOND, {seconds}, TIMESTAMP('1970-01-01 00:00:00'))", parameters
