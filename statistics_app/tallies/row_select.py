"""The contribution of a host's rows to a count, as SQL that can be run over one row in a trigger or over all rows."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from ..exceptions import StatisticsError
from .row_values import missing_function, unfit_part


class NotCountable(StatisticsError):
    """A declaration that depends on more than the row itself, so that no trigger on the table can evaluate it."""


class BeyondTheRow(NotCountable):
    """A declaration that leads to other tables."""


@dataclass(frozen=True, slots=True)
class RowSelect:
    """A SELECT over one table; `columns` are the quoted names of the columns that it reads.

    `head` is its SQL up to the FROM, `tail` what follows the table. They are kept apart since a value in them may contain SQL.
    """

    table: str
    columns: tuple[str, ...]
    head: str
    tail: str

    @property
    def select(self) -> str:
        """The SELECT over all rows."""
        return f"{self.head} FROM {self.table}{self.tail}"

    def over(self, rows: str) -> str:
        """Return the SELECT over other rows with the same columns, such as a transition table."""
        return f"{self.head} FROM {rows} AS {self.table}{self.tail}"

    def of(self, row: str) -> str:
        """Return the SELECT over one row of a row-level trigger, OLD or NEW."""
        return self.over(f"(SELECT {', '.join(f'{row}.{column} AS {column}' for column in self.columns)})")

    def differ(self, operator: str) -> str:
        """Return the WHEN condition of a trigger, true if a column that is read differs between OLD and NEW.

        `operator` is the database's comparison that treats NULL as a value. The alternative, a list of columns in UPDATE OF,
        would miss columns that are changed by another trigger.
        """
        return " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in self.columns)

    def column_of(self, alias: str) -> str:
        """Return the column that is selected, unchanged, under an alias; errors: LookupError."""
        match = re.search(re.escape(self.table) + r'\.("(?:[^"]|"")+") AS "' + alias + '"', self.head)
        if match is None:
            raise LookupError(f"{alias} is no column of {self.table}.")
        return match[1]


def compile_rows(queryset: "QuerySet[Any, Any]", connection: BaseDatabaseWrapper) -> RowSelect:
    """Compile a queryset to SQL with literal values; errors: NotCountable if it depends on more than each row itself."""
    model = queryset.model
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    try:
        template, parameters = queryset.order_by().query.get_compiler(connection=connection).as_sql()
    except (EmptyResultSet, FullResultSet):
        raise NotCountable(f"A condition on {model._meta.label} matches no row.") from None
    if name := unfit_part([queryset.query.where, *queryset.query.annotations.values()]):
        raise NotCountable(
            f"What is declared of {model._meta.label} uses {name}, whose result may not depend on the row alone."
        )
    if template.count("SELECT ") > 1 or " JOIN " in template or f" FROM {table}" not in template:
        raise BeyondTheRow(f"The declaration of {model._meta.label} depends on more than the row itself.")
    columns = re.findall(re.escape(table) + r'\.("(?:[^"]|"")+")', template)
    key = quote(model._meta.pk.column)
    head, _, tail = template.rpartition(f" FROM {table}")
    values = re.findall("%.", head).count("%s")
    rows = RowSelect(
        table,
        tuple(dict.fromkeys(columns)) or (key,),
        _with_values(head, parameters[:values], connection),
        _with_values(tail, parameters[values:], connection),
    )
    if name := missing_function(model, rows.select, connection):
        raise NotCountable(f"What is declared of {model._meta.label} uses {name}, which only Django's own connections have.")
    return rows


def _with_values(template: str, parameters: Any, connection: BaseDatabaseWrapper) -> str:
    if connection.vendor == "postgresql":
        return connection.ops.compose_sql(template, parameters)  # type: ignore[attr-defined] # PostgreSQL's
    editor = connection.schema_editor(collect_sql=True)
    # A decimal is not quoted: in a trigger, a number is not compared with a text by the type of its column.
    return template % tuple(str(value) if isinstance(value, Decimal) else editor.quote_value(value) for value in parameters)
