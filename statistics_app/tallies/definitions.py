"""The SQL of one tally on one database: how it is created, populated, folded, read, compared and dropped."""

import hashlib
from dataclasses import dataclass

from .plan import Count

PREFIX = "statistics_tally"
# The table that records the installed tallies, one row each.
STATE = f"{PREFIX}_state"
# A placeholder in statements of `populate` that can be run slice by slice; unreplaced, it selects all rows.
SLICE = "/* slice */ true"
# A value in a table of quarters that means all of them.
EVERYTHING = -(1 << 60)
# The key of the number of threads in the table of totals by class.
THREADS = "threads"


@dataclass(frozen=True, slots=True)
class TallyDefinition:
    """The statements that create, populate, fold, compare and drop one tally; every name begins with PREFIX.

    `host_tables` are the chat's tables that it watches, `tables` its own. `attach` creates the triggers and needs a short
    exclusive lock on the host's tables; `populate` recounts and discards what was noted meanwhile, in one snapshot (`sliced` is
    the table whose rows it may take in slices); `fold` moves what was noted into the sums; `compare` selects (key, expected,
    found) for whatever differs; `quarters` is the table of the quarters of an hour whose events changed.
    """

    name: Count
    host_tables: tuple[str, ...]
    tables: tuple[str, ...]
    create: tuple[str, ...]
    attach: tuple[str, ...]
    populate: tuple[str, ...]
    drop: tuple[str, ...]
    compare: str
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
        """Identify this definition: any other statement gives another fingerprint."""
        parts = [*self.create, *self.attach, *self.populate, self.fold, self.compare, *self.reads]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedDefinition(TallyDefinition):
    """A tally by a key of the row's own columns; `sums` selects (key, n, amount)."""

    sums: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The statement that reads it."""
        return (self.sums,)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDefinition(TallyDefinition):
    """The tally of messages by the class of their room.

    `classes` selects (class, n, one column for each amount), `thread_count` (n), `top_rooms` (room, class, n) with the busiest
    first, `room_use` (rooms, rooms without messages, messages).
    """

    classes: str
    thread_count: str
    top_rooms: str
    room_use: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The statements that read it."""
        return (self.classes, self.thread_count, self.top_rooms, self.room_use)
