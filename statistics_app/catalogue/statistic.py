"""A statistic: one key of a snapshot's document, and how its value comes about."""

from dataclasses import dataclass
from enum import StrEnum

from ..texts import gettext_noop as _
from .measures import Measure


class AnsweredBy(StrEnum):
    """Who answers a question."""

    RECORD = "record"  # the app itself: this snapshot, this installation
    CHAT = "chat"
    MACHINE = "machine"


class Group(StrEnum):
    """The group that a statistic is shown in."""

    USERS = _("Users")
    ROOMS = _("Rooms")
    MESSAGES = _("Messages")
    FILES = _("Files")
    ACTIVITY = _("Latest activity")
    SERVER = _("Server")
    INSTALLATION = _("Installation")
    SNAPSHOT = _("Snapshot")


class Unit(StrEnum):
    """The unit of a value."""

    TEXT = "text"
    TIME = "time"
    OBJECT = "object"
    USERS = "users"
    ROOMS = "rooms"
    MESSAGES = "messages"
    FILES = "files"
    BYTES = "bytes"
    INSTANCES = "instances"
    TEAMS = "teams"
    LOAD = "load"
    PEOPLE = "people"
    PERCENT = "percent"


class Aggregate(StrEnum):
    """What a chart shows of a step with several snapshots."""

    LAST = "last"
    AVERAGE = "average"
    PEAK = "peak"


@dataclass(frozen=True, slots=True)
class Part:
    """A charted number within an object; `path` leads to it (`freemem`, `loadavg.0`).

    A part with a `question` of its own is null if that is not answered, and the rest of the object is known. Its `path` is
    then a key of the object, at whose end it is written.
    """

    path: str
    label: str
    definition: str
    unit: Unit
    aggregate: Aggregate = Aggregate.LAST
    question: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic.

    `key` is its name on the wire. `measure` computes its value from the answer to the `question`. Charted is the value itself,
    or `parts` of it; `aggregate` is what of the snapshots of a step. `needs` names what a `MappedSource` has to declare for it
    (`user_table.presence`), `empty` says when the answer is null although everything is declared. `alias_of` is the key of the
    statistic that it repeats, or that contains it, for older clients: an alias appears on the wire only.
    """

    key: str
    answered_by: AnsweredBy
    question: str
    measure: Measure
    label: str
    definition: str
    unit: Unit
    group: Group
    charted: bool = False
    aggregate: Aggregate = Aggregate.LAST
    parts: tuple[Part, ...] = ()
    needs: tuple[str, ...] = ()
    empty: str = ""
    alias_of: str = ""

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions whose answers its value is made of."""
        return (self.question, *(part.question for part in self.parts if part.question))
