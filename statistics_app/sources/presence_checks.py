"""System checks of presence that is looked up when a snapshot is taken: the columns it is looked up in need an index."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import FieldError

from .base import ChatSource
from .columns import Column, field_at, require_column
from .declared_presence import Asked, Since
from .tables import UserTable


def presence_messages(source: type[ChatSource]) -> Iterator[CheckMessage]:
    """Yield W006 for every column without an index, E003 for one that holds no time or does not exist."""
    table = getattr(source, "user_table", None)
    if not isinstance(table, UserTable):
        return
    if isinstance(table.presence, Asked):
        yield from _checked(table, table.presence.key, Column.ANY)
    for condition in (table.presence or {}).values():
        if isinstance(condition, Since) and condition.column:
            yield from _checked(table, condition.column, Column.TIME)


def _checked(table: UserTable, path: str, column: Column) -> Iterator[CheckMessage]:
    where = f"UserTable({table.model}).presence"
    path = str(table.model_class()._meta.pk.name) if path == "pk" else path
    try:
        require_column(table.model_class(), path, column)
    except FieldError as error:
        yield Error(f"{where}: {error}", hint="Correct the declaration.", id="statistics_app.E003")
        return
    field: Any = field_at(table.model_class(), path)
    if not _has_index(field):
        text = f"{where}: '{path}' has no index, so each snapshot reads all rows of {field.model._meta.label}."
        hint = f'Add models.Index(fields=["{field.name}"]) to the Meta.indexes of {field.model._meta.label}.'
        yield Warning(text, hint=hint, id="statistics_app.W006")


def _has_index(field: Any) -> bool:
    """Return whether an index begins with a column."""
    if field.db_index or field.unique:
        return True
    meta = field.model._meta
    listed = [index.fields[0].lstrip("-") for index in meta.indexes if index.fields and index.condition is None]
    unique = [constraint.fields[0] for constraint in meta.total_unique_constraints if constraint.fields]
    return field.name in {*listed, *unique}
