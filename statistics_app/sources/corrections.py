"""The line to write instead of a declaration that does not fit."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError

from .columns import Column, require_column
from .tables import Table

# A name may be misspelled; if none is similar, one is shown that is like the meaning, however little.
_MISSPELLED, _ANY = 0.6, 0.0


def correction(fault: str, tables: Iterable[Any]) -> str:
    """Return how a declaration with a fault could be written, with the most similar names that fit; "" if there are none."""
    for table in tables:
        if isinstance(table, Table) and (line := _line(fault, table)):
            return line
    return ""


def _line(fault: str, table: Table) -> str:
    kind = type(table).__name__
    if fault.startswith(f"{kind}: "):
        models = [model._meta.label for model in apps.get_models()]
        return f'{kind}(model="{_nearest(str(table.model), kind, models)}", …)' if _is_missing(table) else ""
    meaning = fault.removeprefix(f"{kind}({table.model}).").partition(":")[0]
    if meaning == fault.partition(":")[0] or meaning in table.conditions:
        return ""
    fitting = _fitting(table, table.columns.get(meaning, Column.ANY))
    declared = str(getattr(table, meaning, meaning))
    return f'{kind}(model="{table.model}", …, {meaning}="{_nearest(declared, meaning, fitting)}")' if fitting else ""


def _is_missing(table: Table) -> bool:
    try:
        table.model_class()
    except (LookupError, ValueError):
        return True
    return False


def _fitting(table: Table, column: Column) -> list[str]:
    """Return the columns of a table's model that hold what is needed."""
    model, found = table.model_class(), []
    for field in model._meta.concrete_fields:
        try:
            require_column(model, field.name, column)
        except FieldError:
            continue
        found.append(field.name)
    return found


def _nearest(declared: str, meaning: str, names: list[str]) -> str:
    similar = get_close_matches(declared, names, 1, _MISSPELLED) or get_close_matches(meaning, names, 1, _ANY)
    return next(iter(similar), names[0])
