"""The counts that triggers can maintain for a source's declarations, with their rows; and why others are impossible."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import partial
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Case, F, IntegerField, Model, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, JSONArray

from ..sources.base import RoomKind
from ..sources.columns import field_at
from ..sources.declared_presence import Since
from ..sources.labels import room_class, user_labels
from ..sources.mapped import MappedSource
from ..sources.pairs import Pair, PairKey
from ..sources.parts import Messages
from ..sources.quarters import QuarterNumber
from ..sources.tables import MessageTable, RoomTable, Table, UploadTable, UserTable, is_always_met
from .row_select import BeyondTheRow, NotCountable, RowSelect, compile_rows


class Count(StrEnum):
    """What is counted; the rows of each table are a count of their own, which is installed and read by itself."""

    USERS = "users"
    ROOMS = "rooms"
    MESSAGES = "messages"
    UPLOADS = "uploads"
    TEAMS = "teams"


# What is declared of a table, but decides nothing of how many rows there are.
_NOT_COUNTED_BY = frozenset({"room", "name", "public", "last_login"})
# The class of a room that is made of a pair.
_DIRECT = f"CAST('{RoomKind.DIRECT}' AS text)"


def name_of(count: Count, number: int) -> str:
    """Return the name of the count of a table, by its position among those of its kind; the first has no number."""
    return f"{count}_{number + 1}" if number else count


class InTeam(IntEnum):
    """Whether a room is in a team, and is one of its default rooms."""

    NO = 0
    YES = 1
    BY_DEFAULT = 2


class Amount(StrEnum):
    """The sums over messages besides their number, by the name of their column."""

    PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class KeyedCount:
    """A count of rows by a key made of their own columns: `rows` selects (key, amount, quarter) of each counted row.

    `quarter` is the number of the quarter of an hour in which the row's event happened, NULL if it is unknown. If rows are not
    `timed`, they have no events. An update changes events `always` when a counted column of a row changes, or else only when
    its quarter changes.
    """

    kind: Count
    name: str
    rows: RowSelect
    timed: bool
    always: bool = True

    @property
    def counted(self) -> str:
        """A SELECT of (key, n, amount) that counts all rows."""
        return (
            f"SELECT key_ AS key, count(*) AS n, coalesce(sum(amount_), 0) AS amount FROM ({self.rows.select}) r GROUP BY key_"
        )


@dataclass(frozen=True, slots=True)
class MessageCount:
    """A count of messages by their room: `messages` selects (room, root, author, amounts, quarter), `rooms` (room, class).

    A room whose class is NULL is not counted. `room_type`, `root_type` and `author_type` are the database types of the keys;
    root is NULL if no threads are declared, and author if no authors are. `amounts` holds the names of the sums besides the
    number of messages. Without `rooms`, each room that messages have is a direct one. `prefix` tells the keys of the rooms
    apart from those of other tables, outside of the tally.
    """

    messages: RowSelect
    rooms: RowSelect | None
    room_type: str
    root_type: str
    author_type: str = "text"
    amounts: tuple[str, ...] = ()
    name: str = Count.MESSAGES
    kind: Count = Count.MESSAGES
    prefix: str = ""
    timed: bool = True

    @property
    def host_tables(self) -> tuple[str, ...]:
        """The host's tables."""
        return (self.messages.table, *([self.rooms.table] if self.rooms else []))

    @property
    def rooms_select(self) -> str:
        """A SELECT of (room_, class_) of every room; empty if the rooms have no table."""
        return self.rooms.select if self.rooms else ""

    def class_of(self, room: str) -> str:
        """Return an expression for the class of a room, NULL if it is not counted or does not exist."""
        return f"(SELECT c.class_ FROM ({self.rooms.select}) c WHERE c.room_ = {room})" if self.rooms else _DIRECT

    def join_classes(self, on: str) -> str:
        """Return a join of rooms with their classes, c.class_."""
        return f"LEFT JOIN ({self.rooms.select}) c {on}" if self.rooms else f"LEFT JOIN (SELECT {_DIRECT} AS class_) c ON true"

    def classes_of(self, rows: str) -> str:
        """Return a SELECT of (room, class) of the rooms that count; `rows` has the column `room`."""
        if self.rooms is None:
            return f"SELECT room, {_DIRECT} AS class FROM {rows}"
        return f"SELECT room_ AS room, class_ AS class FROM ({self.rooms.select}) c WHERE class_ IS NOT NULL"

    def each(self, template: str) -> str:
        """Repeat a piece of SQL, such as `, sum($_) AS $`, for every amount, with its name in place of `$`."""
        return "".join(template.replace("$", name) for name in self.amounts)


@dataclass(frozen=True, slots=True)
class Plan:
    """The counts that are possible for a source, and the reasons why others are not, by their names."""

    counts: tuple[KeyedCount | MessageCount, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)


def plan_of(source: MappedSource, connection: BaseDatabaseWrapper) -> Plan:
    """Return the counts that triggers can maintain for a source's declarations."""
    counts: list[KeyedCount | MessageCount] = []
    reasons: dict[str, str] = {}
    for name, make in _Planner(source, connection).all():
        try:
            counts.append(make())
        except NotCountable as error:
            reasons[name] = str(error)
    return Plan(tuple(counts), reasons)


@dataclass(frozen=True, slots=True)
class _Planner:
    source: MappedSource
    connection: BaseDatabaseWrapper

    def all(self) -> Iterator[tuple[str, Callable[[], KeyedCount | MessageCount]]]:
        """Yield the name of the count of each declared table, and what makes it. What makes it may raise NotCountable."""
        makers: dict[Count, tuple[str, Callable[[Any, str], KeyedCount]]] = {
            Count.USERS: ("user_table", self.users),
            Count.ROOMS: ("room_table", self.rooms),
            Count.UPLOADS: ("upload_table", self.uploads),
            Count.TEAMS: ("team_table", self.teams),
        }
        for count, (declared, make) in makers.items():
            for number, table in enumerate(self.source.declared(declared)):
                name = name_of(count, number)
                yield name, partial(make, table, name)
        for messages in self.source.parts.messages:
            yield name_of(Count.MESSAGES, messages.number), partial(self.messages, messages)

    def users(self, table: UserTable, name: str) -> KeyedCount:
        language = F(table.language) if table.language else Value(None, output_field=TextField())
        if table.language and self._collation(field_at(table.model_class(), table.language)):
            raise NotCountable(f"'{table.language}' of {table.model} has a collation, by which different texts may be equal.")
        rows = self._keyed(table, [*user_labels(table), language], table.created_at)
        # Presence changes often, but not the time at which an account was created.
        return KeyedCount(Count.USERS, name, rows, timed=table.created_at is not None, always=False)

    def rooms(self, table: RoomTable, name: str) -> KeyedCount:
        rows = self._keyed(table, [room_class(table), _in_team(table)], table.created_at)
        return KeyedCount(Count.ROOMS, name, rows, timed=table.created_at is not None)

    def uploads(self, table: UploadTable, name: str) -> KeyedCount:
        rows = self._keyed(table, [], table.uploaded_at, amount=F(table.size))
        return KeyedCount(Count.UPLOADS, name, rows, timed=table.uploaded_at is not None)

    def teams(self, table: Table, name: str) -> KeyedCount:
        return KeyedCount(Count.TEAMS, name, self._keyed(table, []), timed=False)

    def messages(self, messages: Messages) -> MessageCount:
        table, rooms = messages.table, messages.rooms
        keys = _room_columns(table)
        is_pair = isinstance(table.room, Pair)
        root = _own_key(table.model_class(), table.thread_root) if table.thread_root else None
        author = _own_key(table.model_class(), table.author) if table.author else None
        amounts = {Amount.PINNED: _flag(table.pinned)}
        in_rooms = table.rows(self.source.using).filter(**{f"{key.attname}__isnull": False for key in keys})
        return MessageCount(
            messages=self._compiled(
                table,
                in_rooms,
                room_=PairKey(*(F(key.attname) for key in keys)) if is_pair else F(keys[0].attname),
                root_=_key_value(root),
                author_=_key_value(author),
                **{f"{name}_": value for name, value in amounts.items()},
                quarter_=_quarter(table.sent_at),
            ),
            rooms=self._classes(rooms.table, keys[0]) if rooms else None,
            room_type="text" if is_pair else self._type(keys[0]),
            root_type=self._type(root) if root else "text",
            author_type=self._type(author) if author else "text",
            amounts=tuple(str(name) for name in amounts),
            name=name_of(Count.MESSAGES, messages.number),
            prefix=messages.prefix,
        )

    def _classes(self, rooms: RoomTable, key: Any) -> RowSelect:
        return self._compiled(rooms, _all(rooms), room_=F(key.target_field.attname), class_=room_class(rooms))

    def _keyed(self, table: Table, values: list[Any], at: str | None = None, amount: Any = None) -> RowSelect:
        key = Cast(JSONArray(*values), TextField()) if values else Value("[]", output_field=TextField())
        amount = amount or Value(0, output_field=IntegerField())
        return self._compiled(table, table.rows(self.source.using), key_=key, amount_=amount, quarter_=_quarter(at))

    def _type(self, key: Any) -> str:
        """Return the type of a column that compares keys as the host's column does."""
        collation = self._collation(key)
        return key.db_type(self.connection) + (f" COLLATE {self.connection.ops.quote_name(collation)}" if collation else "")

    def _collation(self, column: Any) -> str:
        return column.db_parameters(self.connection).get("collation") or ""

    def _compiled(self, table: Table, rows: "QuerySet[Any]", **values: Any) -> RowSelect:
        try:
            return compile_rows(rows.annotate(**values).values_list(*values), self.connection)
        except BeyondTheRow as error:
            elsewhere = ", ".join(self._beyond_the_row(table))
            raise NotCountable(f"{str(error).rstrip('.')}: {elsewhere}." if elsewhere else str(error)) from None

    def _beyond_the_row(self, table: Table) -> Iterator[str]:
        """Yield the meanings of a table that lead to other tables, of those that are counted by."""
        for meaning, declared in table.meanings():
            if meaning in _NOT_COUNTED_BY or isinstance(declared, Since) or not isinstance(declared, Q | str):
                continue
            rows = _all(table)
            used = rows.filter(declared).values_list("pk") if isinstance(declared, Q) else rows.values_list(declared)
            try:
                compile_rows(used, self.connection)
            except BeyondTheRow:
                yield meaning
            except NotCountable:
                continue


def _all(table: Table) -> "QuerySet[Any]":
    return table.model_class()._base_manager.all()


def _in_team(table: RoomTable) -> Any:
    """Return an expression for whether a room is in a team, as a number of InTeam."""
    if not table.team:
        return Value(InTeam.NO.value)
    inside = ~Q(**{f"{table.team}__isnull": True})
    default = [] if table.team_default is None else [When(inside & table.team_default, then=Value(InTeam.BY_DEFAULT.value))]
    return Case(*default, When(inside, then=Value(InTeam.YES.value)), default=Value(InTeam.NO.value))


def _flag(condition: Q | None) -> Any:
    """Return an expression that is 1 for a row that meets the condition, otherwise 0."""
    if condition is None:
        return Value(0)
    if is_always_met(condition):
        return Value(1)
    return Case(When(condition, then=Value(1)), default=Value(0))


def _quarter(column: str | None) -> Any:
    # The cast gives the NULL a type.
    return QuarterNumber(F(column)) if column else Cast(Value(None), BigIntegerField())


def _key_value(key: Any) -> Any:
    return F(key.attname) if key else Value(None, output_field=TextField())


def _room_columns(table: MessageTable) -> list[Any]:
    """Return the columns of a message that tell its room."""
    return [
        _own_key(table.model_class(), name) for name in (table.room.columns if isinstance(table.room, Pair) else [table.room])
    ]


def _own_key(model: type[Model], name: str) -> Any:
    if "__" in name:
        raise NotCountable(f"'{name}' of {model._meta.label} follows a relation to another table.")
    return field_at(model, name)
