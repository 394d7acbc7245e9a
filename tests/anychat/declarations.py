"""Strategies for declarations of the chat's tables: fit ones, and any others."""

from dataclasses import dataclass
from datetime import timedelta
from operator import and_, or_, xor
from typing import Any

from django.db.models import CharField, Exists, F, IntegerField, Model, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, ExtractYear, Length, Lower, Now, NullIf, Trim, TruncDay, Upper
from django.db.models.lookups import Exact, GreaterThan, IsNull
from hypothesis import strategies as st

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, SubscriptionTable, Table, UploadTable, UserTable

from .models import Hall, Lounge, Message, Person, Room, Team, Upload
from .values import values_of

_PLAIN = ("exact", "in", "isnull", "gt", "lte", "range")
_TEXT = ("iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "regex", "iregex")
_PARTS = ("date", "year", "year__gt", "month__in", "week_day", "hour__lt", "date__lte", "time", "second", "quarter")
_OTHERS = ("nothing", "a", "has_key", "contained_by", "lower", "0__a", "isnull__exact")
_ROLES: dict[str, list[type[Model]]] = {
    "user_table": [Person] * 6 + [Team, Room, Message],
    "room_table": [Room] * 6 + [Lounge, Hall, Message, Person],
    "message_table": [Message] * 8 + [Room, Upload],
    "upload_table": [Upload] * 6 + [Message, Room],
    "team_table": [Team] * 6 + [Person, Hall, Lounge],
    "subscription_table": [Person],
}


def _mostly(usual: st.SearchStrategy[Any], *others: st.SearchStrategy[Any], weight: int = 5) -> st.SearchStrategy[Any]:
    """Draw the usual, and one time of `weight` + 1 something else."""
    return st.integers(0, weight).flatmap(lambda number: st.one_of(*others) if number == weight else usual)


def _own_fields(model: type[Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


@st.composite
def paths(draw: st.DrawFn, model: type[Model]) -> tuple[str, Any]:
    """Draw a path to a column of a model, mostly its own, with the column."""
    field = draw(st.sampled_from(_own_fields(model)))
    if draw(st.integers(0, 9)) < 8:
        return draw(st.sampled_from([field.name, field.name, field.attname])), field
    if draw(st.booleans()):
        return "pk", model._meta.pk
    relations = [relation for relation in model._meta.get_fields() if relation.is_relation]
    relation: Any = draw(st.sampled_from(relations))
    name = relation.name if relation.concrete or relation.many_to_many else relation.get_accessor_name()
    name = getattr(relation, "related_query_name", None) or name
    last = draw(st.sampled_from(_own_fields(relation.related_model)))
    return f"{name if isinstance(name, str) else relation.name}__{last.name}", last


@st.composite
def expressions(draw: st.DrawFn, model: type[Model]) -> Any:
    """Draw an expression to compare a column with: another column, a function, arithmetic, the present time."""
    name = draw(paths(model))[0]
    other = draw(paths(model))[0]
    column = F(name)
    made = [
        *(column, column, Lower(column), Upper(name), Trim(name), Length(column), Coalesce(column, F(other))),
        *(NullIf(column, F(other)), Concat(column, Value("a")), Cast(column, CharField()), Cast(column, IntegerField())),
        *(column + 1, column * F(other), column - F(other), column % 2, column / F(other), ExtractYear(column)),
        *(Now(), Now() - timedelta(days=1), column + timedelta(days=1), TruncDay(column), Value("a"), Value(1), Value(None)),
    ]
    return draw(st.sampled_from(made))


@st.composite
def fit_lookups(draw: st.DrawFn, model: type[Model]) -> Q:
    """Draw a condition on one column of the table's own that a trigger can evaluate."""
    field = draw(st.sampled_from([field for field in _own_fields(model) if field.get_internal_type() != "JSONField"]))
    lookup = draw(st.sampled_from(_PLAIN if not isinstance(field, CharField | TextField) else (*_PLAIN, *_TEXT[:-2])))
    value = st.sampled_from(values_of(field))
    if lookup in {"in", "range"}:
        value = st.lists(value, min_size=1, max_size=3) if lookup == "in" else st.tuples(value, value)
    elif lookup == "isnull":
        value = st.booleans()
    elif lookup in _PLAIN:
        same = [F(other.name) for other in _own_fields(model) if type(other) is type(field)]
        value = st.one_of(value, value, value, st.sampled_from(same))
    return Q(**{f"{field.name}__{lookup}": draw(value)})


@st.composite
def lookups(draw: st.DrawFn, model: type[Model]) -> Q:
    """Draw a condition on one column: any lookup, any value."""
    path, field = draw(paths(model))
    lookup = draw(st.sampled_from((*_PLAIN, *_TEXT, *_PARTS, *_OTHERS)))
    anything = st.sampled_from([None, "a", 1, -(2**70), 2**70, 1.5, b"a", [], {}, "nonsense", Team.objects.none()])
    usual = st.sampled_from(values_of(field))
    value = st.one_of(usual, usual, expressions(model), expressions(model), anything)
    if lookup in {"in", "range", "month__in"}:
        value = st.tuples(value, value) if lookup == "range" else st.lists(value, max_size=3)
    elif lookup == "isnull":
        value = st.booleans()
    return Q(**{f"{path}__{lookup}" if lookup != "exact" or draw(st.booleans()) else path: draw(value)})


@st.composite
def comparisons(draw: st.DrawFn, model: type[Model]) -> Q:
    """Draw a condition that is an expression."""
    left, right = draw(expressions(model)), draw(expressions(model))
    related = Exists(Message.objects.filter(room=OuterRef("pk")))
    return Q(draw(st.sampled_from([GreaterThan(left, right), Exact(left, right), IsNull(left, True), related, ~related])))


@dataclass(frozen=True)
class Declarations:
    """Strategies for the declarations of one table: fit ones only, or any."""

    model: type[Model]
    fit: bool

    def condition(self) -> st.SearchStrategy[Any]:
        """Draw a condition of any depth, or seldom something else."""
        trivial = st.sampled_from([Q(), ~Q(), Q(Q()), Q(pk__in=[])])
        own = fit_lookups(self.model)
        atoms = _mostly(own, trivial, weight=25)
        if not self.fit:
            atoms = st.one_of(own, own, lookups(self.model), comparisons(self.model), trivial)
        condition = st.recursive(atoms, _combined_fit if self.fit else _combined, max_leaves=4)
        return condition if self.fit else _mostly(condition, st.sampled_from(["char", {"a": Q()}, 1, F("boolean")]), weight=30)

    def where(self) -> st.SearchStrategy[Any]:
        """Draw a condition, often the empty one."""
        return st.one_of(st.just(Q()), st.just(Q()), self.condition())

    def column(self, *names: str) -> st.SearchStrategy[Any]:
        """Draw the name of a column: mostly one of these, or else any path or thing."""
        fit = [
            name
            for name in names
            if name in {"pk", *(field.attname for field in _own_fields(self.model))}
            or name in {field.name for field in _own_fields(self.model)}
        ]
        some = paths(self.model).map(lambda path: path[0])
        usual = st.sampled_from(fit) if fit else some
        wrong = st.sampled_from(["nothing", "", "char__lower", "char__nothing", 5, {"a": "char"}, Q(boolean=True), "members"])
        return usual if self.fit else _mostly(usual, some, some, wrong, weight=3)

    def mapping(self, enum: Any) -> st.SearchStrategy[Any]:
        """Draw a mapping of keys to conditions, or seldom something else."""
        fit = st.sampled_from([*enum, *(member.value for member in enum)])
        keys = fit if self.fit else _mostly(fit, st.sampled_from(["nonsense", None, 1]), weight=30)
        usual = st.lists(st.tuples(keys, self.condition()), min_size=int(self.fit), max_size=3).map(dict)
        other = st.one_of(st.sampled_from(["c", [Q()], (), 1, {"c"}, Q()]), self.condition())
        return usual if self.fit else _mostly(usual, other, weight=20)


def _combined_fit(inner: st.SearchStrategy[Q]) -> st.SearchStrategy[Q]:
    pairs = st.tuples(st.sampled_from([and_, or_]), inner, inner).map(lambda drawn: drawn[0](*drawn[1:]))
    return st.one_of(pairs, pairs, inner.map(lambda condition: ~condition))


def _combined(inner: st.SearchStrategy[Q]) -> st.SearchStrategy[Q]:
    pairs = st.tuples(st.sampled_from([and_, or_, xor]), inner, inner).map(lambda drawn: drawn[0](*drawn[1:]))
    return st.one_of(pairs, pairs, inner.map(lambda condition: ~condition))


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
    return _mostly(usual, misnamed, st.sampled_from(["anychat.Person", Person, UserTable(model="anychat.Person")]), weight=30)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the declarations of a source, by the names of their attributes."""
    roles = ("user_table", "room_table", "message_table", "upload_table", "team_table")
    wild = draw(st.sampled_from([(), (), (), *((role,) for role in roles), roles]))
    declared = {role: draw(tables(role, fit=role not in wild)) for role in roles if draw(st.integers(0, 4))}
    if not draw(st.integers(0, 19)):
        declared["subscription_table"] = draw(tables("subscription_table", fit=False))
    return declared


def source_of(declared: dict[str, Any]) -> type[MappedSource]:
    """Return the source with these declarations."""
    return type("AnySource", (MappedSource,), {"__module__": __name__, **declared})
