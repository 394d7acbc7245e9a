"""Declarations of a host's tables: which column or condition has which meaning."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import InitVar, dataclass, field, fields
from enum import StrEnum
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldError, ValidationError
from django.db import DatabaseError
from django.db.models import F, Model, Q, QuerySet, Subquery
from django.db.models.expressions import BaseExpression

from .base import Presence, RoomKind, UserType
from .columns import Column, require_column, require_key
from .pairs import Pair

# How Django refuses to compile a condition: it does not fit the model, or the database has no such expression.
UNCOMPILABLE = (FieldError, ValidationError, ValueError, TypeError, DatabaseError, NotImplementedError)
_UNDECLARED: Mapping[Any, Q] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Table:
    """A host's table: its model as "app.Model", and for each meaning a column's name or a condition.

    Omit a meaning that the host does not have; the statistics that need it are null. `where` restricts the table to the rows
    that count.
    """

    conditions: ClassVar[frozenset[str]] = frozenset(
        {"where", "active", "presence", "types", "kinds", "discussion", "team_default", "public", "pinned"}
    )
    """The meanings that are conditions; the others are columns."""
    columns: ClassVar[Mapping[str, Column]] = {}
    """What each of the columns holds."""
    keys: ClassVar[Mapping[str, type[StrEnum]]] = {}
    """The enums that the keys of mappings are members of."""

    model: str
    where: Q = field(default_factory=Q)

    def model_class(self) -> type[Model]:
        """Return the model. Errors: LookupError if there is no model of this name, ValueError if it is not of the form."""
        if not isinstance(self.model, str) or self.model.count(".") != 1:
            raise ValueError(f"model={self.model!r} must be an app's label and a model's name, such as 'chat.Room'.")
        return apps.get_model(self.model)

    def rows(self, using: str) -> "QuerySet[Any]":
        """Return the rows that count."""
        return self.model_class()._base_manager.using(using).filter(self.where)

    def meanings(self) -> Iterator[tuple[str, Any]]:
        """Yield every declared meaning with its column or condition."""
        for meaning in fields(self):
            declared = getattr(self, meaning.name)
            if meaning.name == "model" or declared is None:
                continue
            if isinstance(declared, Mapping):
                yield from ((f"{meaning.name}[{key}]", condition) for key, condition in declared.items())
            else:
                yield meaning.name, declared

    def faults(self) -> Iterator[str]:
        """Yield an error message for every declaration that does not fit the model."""
        try:
            model = self.model_class()
        except (LookupError, ValueError) as error:
            yield f"{type(self).__name__}: {error}"
            return
        misshapen = dict(self._misshapen())
        yield from (f"{type(self).__name__}({self.model}).{meaning}: {fault}" for meaning, fault in misshapen.items())
        for meaning, declared in self.meanings():
            if meaning.partition("[")[0] in misshapen:
                continue
            try:
                self._compile(model._base_manager.all(), meaning, declared)
            except EmptyResultSet:
                pass  # a condition that no row can meet, which declares that the host has no such rows
            except UNCOMPILABLE as error:
                yield f"{type(self).__name__}({self.model}).{meaning}: {error}"
        yield from self._wrong_keys(misshapen)

    def _misshapen(self) -> Iterator[tuple[str, str]]:
        """Yield each meaning that is a mapping where none is needed, or the reverse, or that is missing."""
        for meaning in fields(self):
            declared = getattr(self, meaning.name)
            if declared is None and meaning.default is not None:
                yield meaning.name, "None is declared, but a declaration is required."
            elif declared is not None and isinstance(declared, Mapping) is not (meaning.name in self.keys):
                required = "a mapping" if meaning.name in self.keys else "no mapping"
                yield meaning.name, f"{declared!r} is declared, but {required} is required."

    def _wrong_keys(self, misshapen: Container[str]) -> Iterator[str]:
        for name, enum in self.keys.items():
            for key in (name not in misshapen and getattr(self, name)) or ():
                try:
                    require_key(enum, key)
                except FieldError as error:
                    yield f"{type(self).__name__}({self.model}).{name}: {error}"

    def _compile(self, rows: "QuerySet[Any]", meaning: str, declared: Any) -> None:
        """Compile a declaration to SQL. Errors: TypeError for the wrong kind of declaration, and any of Django's errors."""
        if isinstance(declared, Pair) and meaning == "room":
            for column in declared.columns:
                require_column(rows.model, column, Column.RELATION)
            str(rows.annotate(_pair=declared.key).query)
            return
        required = "condition" if meaning.partition("[")[0] in self.conditions else "column"
        if not isinstance(declared, Q if required == "condition" else str):
            given = {Q: "a condition", str: "a column"}.get(type(declared), "neither")
            raise TypeError(f"{declared!r} is {given}, but a {required} is required.")
        if isinstance(declared, Q):
            str(rows.filter(declared).query)
        else:
            require_column(rows.model, declared, self.columns.get(meaning, Column.ANY))
            str(rows.order_by(F(declared)).query)


@dataclass(frozen=True, kw_only=True)
class UserTable(Table):
    """The accounts; the `name` of one is shown only to readers who have a permission for it."""

    columns = {"name": Column.TEXT, "language": Column.TEXT, "last_login": Column.TIME, "created_at": Column.TIME}
    keys = {"presence": Presence, "types": UserType}

    active: Q = field(default_factory=Q)
    presence: Mapping[Presence, Q] | None = None
    types: Mapping[UserType, Q] | None = None
    language: str | None = None
    last_login: str | None = None
    created_at: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoomTable(Table):
    """The rooms, whose `kinds` are conditions, or all of one `kind`; a room of none does not count, nor do its messages.

    The `name` of a room that is not `public` is shown only to readers who have a permission for it.
    """

    columns = {"created_at": Column.TIME, "name": Column.TEXT}
    keys = {"kinds": RoomKind}

    kinds: Mapping[RoomKind, Q] = field(default_factory=lambda: _UNDECLARED)
    kind: InitVar[RoomKind | None] = None
    discussion: Q | None = None
    team: str | None = None
    team_default: Q | None = None
    created_at: str | None = None
    name: str | None = None
    public: Q | None = None

    def __post_init__(self, kind: RoomKind | None) -> None:
        """Make a mapping of a single kind. Errors: TypeError unless either `kinds` or `kind` is given."""
        if (self.kinds is _UNDECLARED) is (kind is None):
            raise TypeError(f"RoomTable({self.model}): either kinds or kind is needed, such as kind=RoomKind.CHANNEL.")
        if kind is not None:
            object.__setattr__(self, "kinds", {kind: Q()})

    @property
    def counted(self) -> Q:
        """The condition of a room that counts: it meets `where` and is of a declared kind."""
        of_a_kind = (
            Q() if any(is_always_met(kind) for kind in self.kinds.values()) else reduce(or_, self.kinds.values(), Q(pk__in=[]))
        )
        return self.where & of_a_kind

    def rows(self, using: str) -> "QuerySet[Any]":
        """Return the rooms that count."""
        return self.model_class()._base_manager.using(using).filter(self.counted)


@dataclass(frozen=True, kw_only=True)
class MessageTable(Table):
    """The messages; `room` names the foreign key to the room table, or a Pair of those to two accounts in place of a room.

    `author` names the foreign key to the account that wrote the message.
    """

    columns = {"room": Column.RELATION, "sent_at": Column.TIME, "author": Column.RELATION}

    room: str | Pair
    sent_at: str
    author: str | None = None
    thread_root: str | None = None
    pinned: Q | None = None


@dataclass(frozen=True, kw_only=True)
class SubscriptionTable(Table):
    """The memberships of users in rooms; `user` names the foreign key to the account that read the room at `last_seen`."""

    columns = {"last_seen": Column.TIME, "user": Column.RELATION}

    last_seen: str
    user: str | None = None


@dataclass(frozen=True, kw_only=True)
class UploadTable(Table):
    """The uploaded files; `size` is in bytes, `room` names the foreign key to the room table, or leads to it."""

    columns = {"size": Column.INTEGER, "uploaded_at": Column.TIME, "room": Column.RELATION}

    size: str
    uploaded_at: str | None = None
    room: str | None = None


TABLES: Mapping[str, type[Table]] = {
    "user_table": UserTable,
    "room_table": RoomTable,
    "message_table": MessageTable,
    "subscription_table": SubscriptionTable,
    "upload_table": UploadTable,
    "team_table": Table,
}
"""What each attribute of a source declares, in the order in which the tables are listed."""
SEVERAL: Mapping[str, str] = {
    "room_table": "room_tables",
    "message_table": "message_tables",
    "subscription_table": "subscription_tables",
    "upload_table": "upload_tables",
}
"""The attributes that declare several tables of a kind, by that of a single one."""


def declared_tables(source: Any, name: str) -> tuple[Any, ...]:
    """Return what a source declares of one kind of table: the single one, or the list of several."""
    several = getattr(source, SEVERAL[name]) if name in SEVERAL else ()
    single = getattr(source, name)
    return (*(() if single is None else (single,)), *(several if isinstance(several, list | tuple) else (several,)))


def is_always_met(condition: Q) -> bool:
    """Return whether a condition is empty, as Django sees it: one of nothing but empty conditions, negated or not, is."""
    return all(isinstance(child, Q) and is_always_met(child) for child in condition.children)


def through(relation: str, condition: Q) -> Q:
    """Return a condition on a table as one on a table that refers to it: every name is prefixed with the relation's name."""
    children: list[Any] = []
    for child in condition.children:
        if isinstance(child, tuple):
            lookup, value = child
            children.append((f"{relation}__{lookup}", _prefixed(relation, value)))
        else:
            children.append(_prefixed(relation, child))
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def _prefixed(relation: str, value: Any) -> Any:
    """Prefix the names of columns in a value. Errors: FieldError for a subquery, whose names are those of other tables."""
    if isinstance(value, Q):
        return through(relation, value)
    if isinstance(value, F):
        return F(f"{relation}__{value.name}")  # type: ignore[attr-defined]
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(_prefixed(relation, part) for part in value)
    if isinstance(value, Subquery):
        raise FieldError("A subquery cannot be applied to the messages of a room; name the columns through relations instead.")
    if not isinstance(value, BaseExpression):
        return value
    prefixed = value.copy()
    prefixed.set_source_expressions([_prefixed(relation, part) for part in value.get_source_expressions()])
    return prefixed
