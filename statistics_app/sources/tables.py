"""Declarations: which of a host's tables and columns mean what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import reduce
from operator import or_
from typing import Any, ClassVar, cast

from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldError, ValidationError
from django.db.models import F, Model, Q, QuerySet

from .base import Presence, RoomKind, UserType


@dataclass(frozen=True, kw_only=True)
class Table:
    """A host's table: its model as "app.Model", and for each meaning a column's name or a condition.

    A meaning that is left out is one that the host does not have; what needs it is null in a snapshot. `where` keeps only the
    rows that count.
    """

    conditions: ClassVar[frozenset[str]] = frozenset({"where", "active", "presence", "types", "kinds", "discussion", "pinned"})
    """The meanings that are conditions; the others are columns."""

    model: str
    where: Q = field(default_factory=Q)

    def model_class(self) -> type[Model]:
        """Return the model; errors: LookupError when there is none of that name."""
        return apps.get_model(self.model)

    def rows(self, using: str) -> "QuerySet[Any]":
        """Return all the rows that count."""
        return self.model_class()._base_manager.using(using).filter(self.where)

    def meanings(self) -> Iterator[tuple[str, Any]]:
        """Yield every declared meaning with its column or condition."""
        for declared in fields(self):
            value = getattr(self, declared.name)
            if declared.name == "model" or value is None:
                continue
            if isinstance(value, Mapping):
                yield from ((f"{declared.name}[{key}]", condition) for key, condition in value.items())
            else:
                yield declared.name, value

    def faults(self) -> Iterator[str]:
        """Name every declaration that the model cannot keep."""
        try:
            model = self.model_class()
        except (LookupError, ValueError) as error:
            yield f"{type(self).__name__}: {error}"
            return
        for meaning, declared in self.meanings():
            try:
                self._try(model._base_manager.all(), meaning, declared)
            except EmptyResultSet:
                pass  # a condition that no row meets: the host has none of that
            except (FieldError, ValidationError, ValueError, TypeError) as error:
                yield f"{type(self).__name__}({self.model}).{meaning}: {error}"

    def _try(self, rows: "QuerySet[Any]", meaning: str, declared: Any) -> None:
        """Compile a declaration; errors: whatever the model cannot keep of it."""
        if (meaning.partition("[")[0] in self.conditions) is not isinstance(declared, Q):
            raise TypeError(f"{declared!r} is a {'condition' if isinstance(declared, Q) else 'column'}: the other is needed.")
        str((rows.filter(declared) if isinstance(declared, Q) else rows.order_by(F(declared))).query)


@dataclass(frozen=True, kw_only=True)
class UserTable(Table):
    """The accounts."""

    active: Q = field(default_factory=Q)
    presence: Mapping[Presence, Q] | None = None
    types: Mapping[UserType, Q] | None = None
    language: str | None = None
    last_login: str | None = None
    created_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoomTable(Table):
    """The rooms; one that is of no declared kind does not count, nor does what is in it."""

    kinds: Mapping[RoomKind, Q]
    discussion: Q | None = None
    team: str | None = None
    created_at: str | None = None

    @property
    def counted(self) -> Q:
        """The condition of a room that counts: it is meant at all, and it is of a kind."""
        of_a_kind = Q() if any(not kind for kind in self.kinds.values()) else reduce(or_, self.kinds.values(), Q(pk__in=[]))
        return self.where & of_a_kind

    def rows(self, using: str) -> "QuerySet[Any]":
        """Return the rooms that count."""
        return self.model_class()._base_manager.using(using).filter(self.counted)


@dataclass(frozen=True, kw_only=True)
class MessageTable(Table):
    """The messages; `room` names the foreign key to the room table."""

    room: str
    sent_at: str
    thread_root: str | None = None
    pinned: Q | None = None


@dataclass(frozen=True, kw_only=True)
class SubscriptionTable(Table):
    """Who is in which room."""

    last_seen: str


@dataclass(frozen=True, kw_only=True)
class UploadTable(Table):
    """The uploaded files; `size` is in bytes."""

    size: str
    uploaded_at: str | None = None


def through(relation: str, condition: Q) -> Q:
    """Rewrite a condition over a table as one over those that point to it: every name gets the relation's before it."""
    children: list[Any] = []
    for child in condition.children:
        if isinstance(child, Q):
            children.append(through(relation, child))
        else:
            lookup, value = cast("tuple[str, Any]", child)
            compared = F(f"{relation}__{value.name}") if isinstance(value, F) else value  # type: ignore[attr-defined]
            children.append((f"{relation}__{lookup}", compared))
    return Q(*children, _connector=condition.connector, _negated=condition.negated)
