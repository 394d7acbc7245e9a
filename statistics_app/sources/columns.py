"""Which kinds of column a meaning can have."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import CharField, DateTimeField, Field, ForeignKey, IntegerField, Model, TextField
from django.db.models.sql import Query


class Column(StrEnum):
    """What a column holds."""

    TIME = "a DateTimeField"
    INTEGER = "an integer field"
    TEXT = "a text field"
    RELATION = "a ForeignKey"
    ANY = "any field"


_FIELDS: dict[Column, tuple[type[Field], ...]] = {
    Column.TIME: (DateTimeField,),
    Column.INTEGER: (IntegerField,),
    Column.TEXT: (CharField, TextField),
    Column.RELATION: (ForeignKey,),
    Column.ANY: (Field,),
}


def field_at(model: type[Model], path: str) -> Field:
    """Follow a path of names to its field. Errors: FieldError where it leads nowhere, or to more than a field."""
    _, last, _, rest = Query(model).names_to_path(path.split("__"), model._meta)
    if rest:
        raise FieldError(f"'{path}' goes on after the field '{last.name}': leave out '{'__'.join(rest)}'.")
    if not isinstance(last, Field):
        raise FieldError(f"'{path}' is not a field of the table.")
    return last


def require_column(model: type[Model], path: str, column: Column) -> None:
    """See that a path leads to a field of the kind that is needed. Errors: FieldError, which names the field and its kind."""
    found = field_at(model, path)
    if not isinstance(found, _FIELDS[column]):
        raise FieldError(f"'{path}' is {_article(type(found).__name__)}; {column} is needed.")


def require_key(enum: type[StrEnum], key: Any) -> None:
    """See that a key of a mapping is a member of its enum, or the value of one. Errors: FieldError, which names them all."""
    if key not in list(enum):
        raise FieldError(f"{key!r} is not a {enum.__name__}; write one of {_listed(enum)}.")


def _listed(enum: type[StrEnum]) -> str:
    members: Sequence[Any] = list(enum)
    return ", ".join(f"{enum.__name__}.{member.name} ('{member.value}')" for member in members)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
