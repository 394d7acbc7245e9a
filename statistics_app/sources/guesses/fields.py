"""The columns of a model that a meaning can have, ranked by how well their names fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    AutoField,
    BigAutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    OneToOneField,
    SmallAutoField,
    TextField,
)

from .names import fit

MOST_CANDIDATES = 3
TIMES, TEXTS, INTEGERS, FLAGS = (DateTimeField,), (CharField, TextField), (IntegerField,), (BooleanField,)
DELETED = (
    *("deleted_at", "removed_at", "deleted_on", "date_deleted", "deleted_time", "deleted", "withdrawn_at"),
    *("is_deleted", "is_removed", "removed", "is_hidden", "hidden", "is_withdrawn", "withdrawn"),
)
APPROVED = ("is_approved", "approved", "is_published", "published")
# What fits the usual names of a time by a word, and tells another time.
_OTHER_TIMES = ("deleted", "removed", "withdrawn", "edited", "updated", "modified", "changed", "expires", "read", "pinned")
_KEYS = (AutoField, BigAutoField, SmallAutoField)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The paths of columns that a meaning can have: the best one if its name fits, and others."""

    best: str | None
    others: tuple[str, ...]


def own_fields(model: type[Model]) -> list[Any]:
    """Return the columns of a model except keys and links to parents."""
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, _KEYS) and not getattr(field.remote_field, "parent_link", False)
    ]


def of_types(model: type[Model], types: tuple[type[Field], ...], *, plain: bool = True) -> list[Any]:
    """Return the columns of some types; `plain` ones are no keys, files or columns with choices."""
    fields = [field for field in own_fields(model) if isinstance(field, types) and field.name != "password"]
    return [field for field in fields if not plain or not (field.primary_key or field.choices or field.is_relation)]


def ranked(
    models: Sequence[tuple[str, type[Model]]], types: tuple[type[Field], ...], usual: Sequence[str], *, guess_any: bool = False
) -> Ranked:
    """Rank the columns of some types by their names, in models that paths lead to; `guess_any` takes one of any name.

    The models are given with their prefixes, such as `("", Member), ("account__", User)`; those of the first are preferred.
    """
    found: list[tuple[int, int, str]] = []
    for place, (prefix, model) in enumerate(models):
        for field in of_types(model, types):
            strange = types == TIMES and fit(field.name, _OTHER_TIMES) and not fit(field.name, usual) >= 150
            found.append((0 if strange else -fit(field.name, usual), place, f"{prefix}{field.name}"))
    # Python's sort keeps the order of the columns where nothing else decides.
    found.sort(key=lambda one: one[:2])
    names = [name for _, _, name in found]
    known = bool(found) and (found[0][0] < 0 or guess_any)
    return Ranked(names[0] if known else None, tuple(names[int(known) :][:MOST_CANDIDATES]))


def foreign_keys(model: type[Model], target: type[Model] | None = None) -> list[Any]:
    """Return the foreign keys of a model, or those that lead to another."""
    keys = [field for field in own_fields(model) if isinstance(field, ForeignKey)]
    if target is None:
        return keys
    return [key for key in keys if _related(key)._meta.concrete_model is target._meta.concrete_model]


def keys_by_name(model: type[Model], target: type[Model], usual: Sequence[str]) -> Ranked:
    """Rank the foreign keys of a model to another by their names; one of any name is taken."""
    keys = sorted(foreign_keys(model, target), key=lambda key: -fit(key.name, usual))
    names = [key.name for key in keys]
    return Ranked(names[0] if names else None, tuple(names[1:][:MOST_CANDIDATES]))


def with_account(model: type[Model]) -> list[tuple[str, type[Model]]]:
    """Return a model, and the ones that it extends by a one-to-one relation, with their prefixes."""
    extended = [(f"{key.name}__", _related(key)) for key in foreign_keys(model) if isinstance(key, OneToOneField)]
    return [("", model), *extended]


def with_profiles(model: type[Model]) -> list[tuple[str, type[Model]]]:
    """Return the models that extend a model by a one-to-one relation, with their prefixes; not every row has one."""
    relations = [relation for relation in model._meta.related_objects if relation.one_to_one and not relation.parent_link]
    return [(f"{relation.field.related_query_name()}__", relation.related_model) for relation in relations]


def counted(model: type[Model], prefix: str = "") -> list[str]:
    """Return the lookups of a condition that a row is not marked as deleted, and is approved, as Python."""
    flags = of_types(model, FLAGS)
    marks = [
        *(f"{prefix}{field.name}__isnull=True" for field in of_types(model, TIMES) if field.null and fit(field.name, DELETED)),
        *(f"{prefix}{field.name}=False" for field in flags if fit(field.name, DELETED)),
    ]
    approvals = [f"{prefix}{field.name}=True" for field in flags if fit(field.name, APPROVED)]
    return [*marks[:1], *approvals[:1]]


def choices_of(field: Any) -> Iterator[tuple[Any, str]]:
    """Yield the values of a column with choices, with their labels."""
    yield from ((value, str(label)) for value, label in field.flatchoices if value not in (None, ""))


def _related(key: Any) -> type[Model]:
    return key.related_model
