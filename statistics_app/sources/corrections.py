"""The line to write instead of a declaration that does not fit."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError

from .columns import Column, require_column
from .condition_lines import condition_line
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
    place = fault.removeprefix(f"{kind}({table.model}).").partition(":")[0]
    if place == fault.partition(":")[0]:
        return ""
    meaning, _, key = place.rstrip("]").partition("[")
    if meaning in table.conditions:
        value = _mapping_line(table, meaning, key) if meaning in table.keys else _condition_line(table, meaning)
        return f'{kind}(model="{table.model}", …, {meaning}={value})' if value else ""
    fitting = _fitting(table, table.columns.get(meaning, Column.ANY))
    declared = str(getattr(table, meaning, meaning))
    return f'{kind}(model="{table.model}", …, {meaning}="{_nearest(declared, meaning, fitting)}")' if fitting else ""


def _condition_line(table: Table, meaning: str) -> str:
    """Return a condition like the one that is declared, or that of the first key if a mapping is."""
    declared = getattr(table, meaning)
    if isinstance(declared, Mapping):
        declared = next(iter(declared.values()), None)
    return condition_line(declared, table.model_class())


def _mapping_line(table: Table, meaning: str, key: str) -> str:
    """Return a mapping with the condition of a key, or of the first one that is not a member of its enum."""
    declared, enum = getattr(table, meaning), table.keys[meaning]
    if not isinstance(declared, Mapping):
        member, condition = next(iter(enum)), declared
    else:
        wrong = [one for one in declared if (str(one) == key if key else one not in list(enum))]
        names = {name.lower(): one for one in enum for name in (one.name, one.value)}
        similar = get_close_matches(str(wrong[0]).lower(), names, 1, _MISSPELLED) if wrong else []
        if not similar:
            return ""
        member, condition = names[similar[0]], declared[wrong[0]]
    line = condition_line(condition, table.model_class())
    return f"{{{enum.__name__}.{member.name}: {line}, …}}" if line else ""


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
