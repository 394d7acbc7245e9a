"""What a row of a host's table contributes to a count, as SQL that a trigger can run over one row as well as over all."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from ..exceptions import StatisticsError


class NotCountable(StatisticsError):
    """A declaration that looks beyond the row itself, so that no trigger on the table can follow it."""


@dataclass(frozen=True, slots=True)
class RowSelect:
    """A SELECT over one table; `columns` are those that it reads, quoted."""

    table: str
    columns: tuple[str, ...]
    select: str

    def over(self, rows: str) -> str:
        """Run it over other rows of the same columns: a transition table, or `of` one row."""
        head, _, tail = self.select.rpartition(f" FROM {self.table}")
        return f"{head} FROM {rows} AS {self.table}{tail}"

    def of(self, row: str) -> str:
        """Run it over the row that a trigger calls OLD or NEW."""
        return self.over(f"(SELECT {', '.join(f'{row}.{column} AS {column}' for column in self.columns)})")

    def differ(self, unlike: str) -> str:
        """Say, in a trigger's WHEN, that OLD and NEW may contribute differently; `unlike` compares two values, nulls too.

        Never a list of columns to be updated: it would miss what another trigger changes.
        """
        return " OR ".join(f"OLD.{column} {unlike} NEW.{column}" for column in self.columns)

    def column_of(self, alias: str) -> str:
        """Return the column that is given unchanged under a name."""
        found = re.search(re.escape(self.table) + r'\.("(?:[^"]|"")+") AS "' + alias + '"', self.select)
        if found is None:
            raise LookupError(f"{alias} is no column of {self.table}.")
        return found[1]


def compile_rows(queryset: "QuerySet[Any, Any]", connection: BaseDatabaseWrapper) -> RowSelect:
    """Compile a queryset with its values in place; errors: NotCountable when it needs more than its own table's rows."""
    model = queryset.model
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    try:
        template, parameters = queryset.order_by().query.get_compiler(connection=connection).as_sql()
    except (EmptyResultSet, FullResultSet):
        raise NotCountable(f"A condition over {model._meta.label} is met by no row.") from None
    select = _with_values(template, parameters, connection)
    if select.count("SELECT ") > 1 or " JOIN " in select or f" FROM {table}" not in select:
        raise NotCountable(f"What is declared of {model._meta.label} looks beyond the row itself.")
    columns = re.findall(re.escape(table) + r'\.("(?:[^"]|"")+")', select)
    key = quote(model._meta.pk.column)
    return RowSelect(table, tuple(dict.fromkeys(columns)) or (key,), select)


def _with_values(template: str, parameters: Any, connection: BaseDatabaseWrapper) -> str:
    if connection.vendor == "postgresql":
        return connection.ops.compose_sql(template, parameters)  # type: ignore[attr-defined] # PostgreSQL's
    editor = connection.schema_editor(collect_sql=True)
    return template % tuple(editor.quote_value(value) for value in parameters)
