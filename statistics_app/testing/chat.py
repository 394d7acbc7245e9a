"""The chat in memory: what the contract has written, by its meaning, and which of it counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model

from ..sources.base import RoomKind


class Thing(StrEnum):
    """What a chat consists of; each after those that it refers to."""

    USER = "user"
    TEAM = "team"
    ROOM = "room"
    MESSAGE = "message"
    READ = "read"
    UPLOAD = "upload"


@dataclass(eq=False, slots=True)
class Row:
    """A thing with its meaning: values, and links to other rows; `instance` is what the host's factory made of it.

    A `frozen` row was deleted in the host's own way, which kept it: it no longer counts, and does not change any more.
    """

    thing: Thing
    number: int
    values: dict[str, Any]
    links: dict[str, "Row | None"]
    members: tuple["Row", ...] = ()
    instance: Any = None
    frozen: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether it is a row of a table; a room may consist of nothing but its messages."""
        return isinstance(self.instance, Model)

    @property
    def kind(self) -> RoomKind:
        """The kind of a room."""
        return self.values["kind"]

    def linked(self, name: str) -> "Row":
        """Return the row that a link leads to, which must exist."""
        row = self.links[name]
        assert row is not None  # noqa: S101 - for the type checker only
        return row

    def refers_to(self, other: "Row") -> bool:
        """Return whether a link of this row leads to another."""
        return other in self.links.values() or other in self.members


@dataclass(slots=True)
class Chat:
    """All rows. If `uploads_follow_messages`, a file counts only if its message does, and is where the message is.

    `rows_before` holds how many rows each of the models had before the first of them was written.
    """

    uploads_follow_messages: bool = False
    rows_before: dict[type[Model], int] = field(default_factory=dict)
    rows: dict[Thing, list[Row]] = field(default_factory=lambda: {thing: [] for thing in Thing})

    def all(self) -> Iterator[Row]:
        """Yield every row, each after those that it refers to."""
        for thing in Thing:
            yield from self.rows[thing]

    def counted(self, thing: Thing) -> list[Row]:
        """Return the rows of one thing that count."""
        return [row for row in self.rows[thing] if self.counts(row)]

    def counts(self, row: Row) -> bool:
        """Return whether a row counts: a message does if its room does, a room without a table if it has such a message."""
        if not row.values["counts"]:
            return False
        if row.thing is Thing.ROOM and not row.is_stored:
            return any(one.links["room"] is row and one.values["counts"] for one in self.rows[Thing.MESSAGE])
        if row.thing is Thing.MESSAGE:
            return self.counts(row.linked("room"))
        if row.thing is Thing.UPLOAD and self.uploads_follow_messages:
            return bool(row.linked("message").values["counts"])
        return True

    def messages_in(self, room: Row) -> list[Row]:
        """Return the messages of a room that count."""
        return [message for message in self.counted(Thing.MESSAGE) if message.links["room"] is room]

    def room_of(self, upload: Row) -> Row:
        """Return the room that a file is in."""
        return upload.linked("message").linked("room") if self.uploads_follow_messages else upload.linked("room")

    def dependents(self, row: Row) -> list[Row]:
        """Return all rows that refer to a row, directly or not, each before those that it refers to."""
        found = [row]
        for one in found:
            found.extend(other for other in self.all() if other not in found and other.refers_to(one))
        return sorted(found[1:], key=lambda one: (list(Thing).index(one.thing), one.number), reverse=True)

    def times(self, thing: Thing, name: str) -> list[datetime]:
        """Return the times of the rows that count, as far as they have one."""
        return [row.values[name] for row in self.counted(thing) if row.values[name] is not None]
