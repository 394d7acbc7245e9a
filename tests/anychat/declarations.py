"""Strategies for declarations of the chat's tables: fit ones, and any others."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Model, Q
from hypothesis import strategies as st

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.pairs import Pair
from statistics_app.sources.tables import SEVERAL, MessageTable, RoomTable, SubscriptionTable, Table, UploadTable, UserTable

from .conditions import combined, combined_fit, comparisons, fit_lookups, lookups, mostly, own_fields, paths
from .models import Hall, Lounge, Message, Person, Room, Team, Upload

_ROLES: dict[str, list[type[Model]]] = {
    "user_table": [Person] * 6 + [Team, Room, Message],
    "room_table": [Room] * 6 + [Lounge, Hall, Message, Person],
    "message_table": [Message] * 8 + [Room, Upload],
    "upload_table": [Upload] * 6 + [Message, Room],
    "team_table": [Team] * 6 + [Person, Hall, Lounge],
    "subscription_table": [Person],
}


@dataclass(frozen=True)
class Declarations:
    """Strategies for the declarations of one table: fit ones only, or any."""

    model: type[Model]
    fit: bool

    def condition(self) -> st.SearchStrategy[Any]:
        """Draw a condition of any depth, or seldom something else."""
        trivial = st.sampled_from([Q(), ~Q(), Q(Q()), Q(pk__in=[])])
        own = fit_lookups(self.model)
        atoms = mostly(own, trivial, weight=25)
        if not self.fit:
            atoms = st.one_of(own, own, lookups(self.model), comparisons(self.model), trivial)
        condition = st.recursive(atoms, combined_fit if self.fit else combined, max_leaves=4)
        return condition if self.fit else mostly(condition, st.sampled_from(["char", {"a": Q()}, 1, F("boolean")]), weight=30)

    def where(self) -> st.SearchStrategy[Any]:
        """Draw a condition, often the empty one."""
        return st.one_of(st.just(Q()), st.just(Q()), self.condition())

    def column(self, *names: str) -> st.SearchStrategy[Any]:
        """Draw the name of a column: mostly one of these, or else any path or thing."""
        fit = [
            name
            for name in names
            if name in {"pk", *(field.attname for field in own_fields(self.model))}
            or name in {field.name for field in own_fields(self.model)}
        ]
        some = paths(self.model).map(lambda path: path[0])
        usual = st.sampled_from(fit) if fit else some
        wrong = st.sampled_from(["nothing", "", "char__lower", "char__nothing", 5, {"a": "char"}, Q(boolean=True), "members"])
        return usual if self.fit else mostly(usual, some, some, wrong, weight=3)

    def mapping(self, enum: Any) -> st.SearchStrategy[Any]:
        """Draw a mapping of keys to conditions, or seldom something else."""
        fit = st.sampled_from([*enum, *(member.value for member in enum)])
        keys = fit if self.fit else mostly(fit, st.sampled_from(["nonsense", None, 1]), weight=30)
        usual = st.lists(st.tuples(keys, self.condition()), min_size=int(self.fit), max_size=3).map(dict)
        other = st.one_of(st.sampled_from(["c", [Q()], (), 1, {"c"}, Q()]), self.condition())
        return usual if self.fit else mostly(usual, other, weight=20)


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy, strategy)


_TEXTS = ("char", "text", "slug", "odd", "collated", "email")
_INTEGERS = ("number", "small", "big", "positive")
_TIMES = ("moment", "later")
_ROOMS = ("room", "room", "other", "coded", "free", "hall")
_ROOTS = (
    *("parent", "parent_id", "number", "char", "collated", "decimal", "real", "uuid", "blob", "data", "id", "pk", "twice"),
)


def _users(of: Declarations, name: str) -> st.SearchStrategy[Any]:
    return st.builds(
        UserTable,
        model=st.just(name),
        where=of.where(),
        active=of.where(),
        presence=_optional(of.mapping(Presence)),
        types=_optional(of.mapping(UserType)),
        language=_optional(of.column(*_TEXTS)),
        created_at=_optional(of.column(*_TIMES)),
    )


def _rooms(of: Declarations, name: str) -> st.SearchStrategy[Any]:
    return st.builds(
        RoomTable,
        model=st.just(name),
        where=of.where(),
        kinds=of.mapping(RoomKind),
        discussion=_optional(of.condition()),
        team=_optional(of.column("team", "char", "number")),
        team_default=_optional(of.condition()),
        created_at=_optional(of.column(*_TIMES)),
    )


def _messages(of: Declarations, name: str) -> st.SearchStrategy[Any]:
    return st.builds(
        MessageTable,
        model=st.just(name),
        where=of.where(),
        room=of.column(*_ROOMS),
        sent_at=of.column(*_TIMES),
        thread_root=_optional(of.column(*_ROOTS)),
        pinned=_optional(of.condition()),
    )


def _uploads(of: Declarations, name: str) -> st.SearchStrategy[Any]:
    return st.builds(
        UploadTable,
        model=st.just(name),
        where=of.where(),
        size=of.column(*_INTEGERS),
        uploaded_at=_optional(of.column(*_TIMES)),
    )


def _teams(of: Declarations, name: str) -> st.SearchStrategy[Any]:
    return st.builds(Table, model=st.just(name), where=of.where())


def _subscriptions(of: Declarations, name: str) -> st.SearchStrategy[Any]:
    return st.builds(SubscriptionTable, model=st.just(name), last_seen=of.column(*_TIMES))


_TABLES = {
    "user_table": _users,
    "room_table": _rooms,
    "message_table": _messages,
    "upload_table": _uploads,
    "team_table": _teams,
    "subscription_table": _subscriptions,
}


def tables(role: str, fit: bool) -> st.SearchStrategy[Any]:
    """Draw the declaration of one table."""
    declare = _TABLES[role]
    usual = st.sampled_from(_ROLES[role][: 6 if fit else None]).flatmap(
        lambda model: declare(Declarations(model, fit), model._meta.label)
    )
    if fit:
        return usual
    names: Any = st.sampled_from(["anychat.Nothing", "Person", 5, None])
    misnamed = names.flatmap(lambda name: declare(Declarations(_ROLES[role][0], fit), name))
    return mostly(usual, misnamed, st.sampled_from(["anychat.Person", Person, UserTable(model="anychat.Person")]), weight=30)


@st.composite
def several(draw: st.DrawFn, role: str, one: Any) -> list[Any]:
    """Draw two tables in place of one: mostly two parts of its rows, or for rooms those that have a table besides it."""
    if role == "room_table":
        halls = draw(_rooms(Declarations(Hall, fit=True), Hall._meta.label))
        return [replace(one, where=one.where & Q(hall__isnull=True)), halls]
    flag, other = Q(boolean=True), draw(tables(role, fit=True))
    if role == "message_table" and draw(st.booleans()):
        relations = st.sampled_from(["author", "room", "other", "hall", "parent"])
        other = replace(other, room=Pair(draw(relations), draw(relations)))
    parts = [
        replace(one, where=one.where & flag),
        replace(other, where=other.where & draw(st.sampled_from([~flag, ~flag, Q()]))),
    ]
    return draw(st.permutations(parts))


@st.composite
def sources(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the declarations of a source, by the names of their attributes."""
    roles = ("user_table", "room_table", "message_table", "upload_table", "team_table")
    wild = draw(st.sampled_from([(), (), (), *((role,) for role in roles), roles]))
    declared = {role: draw(tables(role, fit=role not in wild)) for role in roles if draw(st.integers(0, 4))}
    for role in sorted(SEVERAL.keys() & declared.keys() - {*wild}):
        if not draw(st.integers(0, 2)):
            declared[SEVERAL[role]] = [*draw(several(role, declared.pop(role)))]
    if not draw(st.integers(0, 19)):
        declared["subscription_table"] = draw(tables("subscription_table", fit=False))
    return declared


def source_of(declared: dict[str, Any]) -> type[MappedSource]:
    """Return the source with these declarations."""
    return type("AnySource", (MappedSource,), {"__module__": __name__, **declared})
