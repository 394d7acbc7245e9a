"""The SQL of one tally on one database: how it is created, populated, folded, read, compared and dropped."""

import hashlib
from dataclasses import dataclass

from .plan import Count

PREFIX = "statistics_tally"
# The table that records the installed tallies, one row each.
STATE = f"{PREFIX}_state"
# The table in which triggers on PostgreSQL record their own failures; it has neither key nor index.
FAILURES = f"{PREFIX}_failures"
# A placeholder for a condition in those statements of `populate` that can be run slice by slice; as it is, it selects all rows.
SLICE = "/* slice */ true"
# The value that stands for all quarters in a table of quarters.
EVERYTHING = -(1 << 60)
# What stands for no quarter in a table of changes: no plausible time is in quarter 0.
NO_QUARTER = 0
# Placeholders for the numbers of the first quarter of a range, and of the first after it.
FIRST_QUARTER, END_QUARTER = "/* first */ 0", "/* end */ 0"
# Placeholders for the object identifier of a partition, and for its quoted name.
PART = "/* part */ 0"
PART_NAME = "/* part name */"
# The key of the number of threads in the table of totals by class.
THREADS = "threads"


@dataclass(frozen=True, slots=True)
class TallyDefinition:
    """The statements that create, populate, fold, compare and drop one tally.

    The names of all its database objects begin with PREFIX. `host_tables` are the chat's tables that it watches, `tables` its
    own. `attach` creates the triggers and needs a short exclusive lock on the host's tables. `populate` recounts the rows and
    discards the changes recorded so far, in one view of the data; `sliced` is the table whose rows it may read in slices.
    `fold` moves the recorded changes from `ledgers` to the sums, and selects their number. `compare` selects (key, expected,
    found) for every difference.

    `changes` is the table of changed events that the history has not taken yet: (batch, key, quarter, removed_in, n, amount).
    `key` is that of the sums, or the class of the room; `quarter` is when the event happened; `removed_in` is the quarter in
    which the row was removed (then `n` is negative) or restored, NO_QUARTER if it was written or corrected. The amount of
    messages is the number of those in threads. `pending` selects (key, quarter, n, amount, room): all changes, from
    FIRST_QUARTER until END_QUARTER, that the history has not taken; the room is empty except for messages. `quarters` is the
    table of the quarters whose events may have changed unseen.
    """

    name: str
    kind: Count
    host_tables: tuple[str, ...]
    tables: tuple[str, ...]
    create: tuple[str, ...]
    attach: tuple[str, ...]
    populate: tuple[str, ...]
    drop: tuple[str, ...]
    compare: str
    changes: str
    pending: str
    quarters: str
    triggers: tuple[str, ...]
    fold: str = ""
    sliced: str = ""
    ledgers: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """The statements that read it."""
        return ()

    @property
    def fingerprint(self) -> str:
        """A hash of the statements, which differs for any other definition."""
        parts = [*self.create, *self.attach, *self.populate, self.fold, self.compare, self.pending, *self.reads]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedDefinition(TallyDefinition):
    """A tally of rows by a key made of their own columns; `sums` selects (key, n, amount)."""

    sums: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The statement that reads it."""
        return (self.sums,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDefinition(TallyDefinition):
    """The tally of messages by the class of their room.

    `classes` selects (class, n, a column for each of `amounts`), `thread_count` (n), `rooms_with_pinned` (n), `top_rooms`
    (room, class, n) with the busiest room first, and `room_use` (rooms, rooms without messages, messages). `by_room` selects
    (room, n) of every room with messages, `with_pinned` (room), and `rooms` (room_, class_) of every room; that
    is empty if the rooms have no table. `prefix` is what their keys begin with outside of the tally. `written` is the
    table, or a query, of the changes that the history has not taken, by room and author: (batch, key, quarter, removed_in,
    room, author, n).
    """

    written: str
    amounts: tuple[str, ...]
    classes: str
    thread_count: str
    rooms_with_pinned: str
    top_rooms: str
    room_use: str
    by_room: str
    with_pinned: str
    rooms: str
    prefix: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The statements that read it."""
        return (self.classes, self.thread_count, self.rooms_with_pinned, self.top_rooms, self.room_use)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionedDefinition(MessageDefinition):
    """The tally of messages in a partitioned table, in which each partition is counted by itself.

    `partitioned` is that table. `standing` selects a text: how the partitions differ from those that are counted, empty if they
    do not. `unsettled` selects (part, name, whether its triggers stand) of the differing ones; the name is NULL if the
    partition is gone. `equip` creates the missing triggers of partitions. `forget` and `adopt` are statements with the
    placeholders PART and PART_NAME that discard and count one partition; `is_counted` selects whether it can be counted.
    """

    partitioned: str
    standing: str
    unsettled: str
    equip: str
    is_counted: str
    forget: tuple[str, ...]
    adopt: tuple[str, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """The statements that read it, and those that take partitions in and out."""
        own = (self.standing, self.unsettled, self.equip, self.is_counted, *self.forget, *self.adopt)
        return (self.classes, self.thread_count, self.rooms_with_pinned, self.top_rooms, self.room_use, *own)
