"""A condition as the Python that declares it, with the most similar names where those that are declared do not exist."""

from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import Enum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, DateTimeField, F, Model, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from .declared_presence import Since
from .guesses.proposal import literal
from .tables import UNCOMPILABLE

_OPERATORS = {Q.AND: " & ", Q.OR: " | ", Q.XOR: " ^ "}
_OF_RELATIONS = ("exact", "in", "isnull")


class _Unwritable(Exception):
    """No line can be written: no name is similar, or a value is not one that Python code spells."""


def condition_line(declared: Any, model: type[Model]) -> str:
    """Return a condition that fits a model, as similar as possible to what is declared; "" if none can be written."""
    try:
        condition = _of_column(declared, model) if isinstance(declared, str) else _renamed(declared, model)
        line = _written(condition)
        str(model._base_manager.filter(condition).query)
    except EmptyResultSet:
        pass
    except (*UNCOMPILABLE, _Unwritable):
        return ""
    return line


def since_line(presence: Mapping[Any, Any]) -> str:
    """Return the declaration by `Since` of the first presence that compares a time with `Now()`; "" without one."""
    for key, condition in presence.items():
        if (
            isinstance(condition, Q)
            and not isinstance(condition, Since)
            and len(condition.children) == 1
            and not condition.negated
        ):
            column, operator, span = _since(condition.children[0])
            if span and operator in ("gt", "gte") and span > timedelta():
                return f"{{Presence.{key.name}: {_written(Since(column, seconds=span.total_seconds()))}, …}}"
    return ""


def _since(child: Any) -> tuple[str, str, timedelta | None]:
    """Return the column, the operator and the time before the present that a comparison is with; None without one."""
    lookup, value = child if isinstance(child, tuple) else ("", None)
    column, _, operator = lookup.rpartition("__")
    if isinstance(value, CombinedExpression) and value.connector == "-" and isinstance(value.lhs, Now):
        span = getattr(value.rhs, "value", None)
        return column, operator, span if isinstance(span, timedelta) else None
    return column, operator, None


def _of_column(name: str, model: type[Model]) -> Q:
    """Return a condition on a column that is declared in place of one."""
    path = _path(model, name)
    field = _names(model).get(path)
    if isinstance(field, BooleanField):
        return Q(**{path: True})
    if isinstance(field, DateTimeField) and field.null:
        return Q(**{f"{path}__isnull": False})
    raise _Unwritable


def _renamed(declared: Any, model: type[Model]) -> Q:
    """Return a condition whose names exist."""
    if isinstance(declared, Since) and declared.column:
        return Since(_path(model, declared.column), seconds=declared.span.total_seconds())
    if not isinstance(declared, Q):
        raise _Unwritable
    children = [
        (_path(model, child[0]), child[1]) if isinstance(child, tuple) else _renamed(child, model)
        for child in declared.children
    ]
    return Q(*children, _connector=declared.connector, _negated=declared.negated)


def _path(model: type[Model], lookup: str) -> str:
    """Return a path like the one that is declared, of names that exist."""
    found: list[str] = []
    field: Any = None
    names = _names(model)
    for part in lookup.split("__"):
        operators = _operators(field)
        name = part if part in names or part in operators else _similar(part, [*names, *operators])
        found.append(name)
        field = names.get(name, field)
        leads_on = name in names and field.is_relation and field.related_model
        names = _names(field.related_model) if leads_on else {}
    return "__".join(found)


def _names(model: type[Model]) -> dict[str, Any]:
    """Return the fields and relations of a model by the names that conditions use."""
    named = {field.name: field for field in model._meta.get_fields()}
    return {**named, **{field.attname: field for field in model._meta.concrete_fields}, "pk": model._meta.pk}


def _operators(field: Any) -> list[str]:
    """Return what a comparison of a field can be called, and what can be taken of it."""
    if field is None:
        return []
    return [*_OF_RELATIONS] if field.is_relation else [*field.get_lookups()]


def _similar(name: str, names: list[str]) -> str:
    similar = get_close_matches(name, names, 1)
    if not similar:
        raise _Unwritable
    return similar[0]


def _written(condition: Q) -> str:
    if isinstance(condition, Since) and condition.column:
        seconds = condition.span.total_seconds()
        length = f"minutes={seconds / 60:g}" if seconds % 60 == 0 else f"seconds={seconds:g}"
        return f"Since({literal(condition.column)}, {length})"
    children: list[Any] = condition.children
    if condition.connector == Q.AND and all(isinstance(child, tuple) for child in children):
        text = f"Q({', '.join(f'{name}={_value(value)}' for name, value in children)})"
    else:
        text = _OPERATORS[condition.connector].join(map(_part, children))
        text = f"({text})" if condition.negated else text
    return f"~{text}" if condition.negated else text


def _part(child: Any) -> str:
    if isinstance(child, tuple):
        return f"Q({child[0]}={_value(child[1])})"
    text = _written(child)
    return f"({text})" if len(child.children) > 1 and not child.negated and child.connector != Q.AND else text


def _value(value: Any) -> str:
    """Write a value as Python. Errors: _Unwritable for what is neither a simple value, a list of them, nor a column."""
    if isinstance(value, Enum):
        return _value(value.value)
    if isinstance(value, str | bool | int | float) or value is None:
        return literal(value)
    if isinstance(value, F):
        return f"F({literal(value.name)})"  # type: ignore[attr-defined]
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(map(_value, value))}]"
    raise _Unwritable
