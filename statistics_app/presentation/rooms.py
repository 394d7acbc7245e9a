"""Tables of rooms and of people, as texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from ..catalogue.statistic import Unit
from ..history.people import IDLE_AFTER, ActivePerson, PeopleOfRange
from ..history.rooms import QUIET_AFTER, ROOM_TITLES, RoomActivity, RoomsOfRange
from ..texts import gettext_noop as _
from .number_format import UNKNOWN, format_change, format_number
from .time_axis import format_time

# The number of rows of each table.
MOST_ROWS = 10
_FORGOTTEN = _("An account that is gone")


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room: what it is called, its messages now and before, the difference, who wrote there, when somebody wrote last; files.

    `share` is the number of messages as a share of that of the first room, in percent; in the list of the rooms with the most
    storage, that of the size of the files.
    """

    title: str
    messages: str
    share: float
    before: str
    change: str
    people: str
    last_message: str
    files: str
    size: str


@dataclass(frozen=True, slots=True)
class RoomTables:
    """The busiest rooms of a time range, those that have gone quiet, and those with the most storage, with how many there are.

    `files_at` is when files were counted, empty if they never were. `with_names` tells whether rooms that are not public are
    named too.
    """

    busiest: Sequence[RoomRow]
    number_busy: int
    quiet: Sequence[RoomRow]
    number_quiet: int
    largest: Sequence[RoomRow]
    number_with_files: int
    files_at: str
    days: int
    description: str
    with_names: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person: the name, on how many days they wrote, and when they wrote last."""

    name: str
    days: str
    last_message: str


@dataclass(frozen=True, slots=True)
class PeopleTables:
    """The people who wrote on the most days of a time range, and those without activity, with the numbers of all of them."""

    active: Sequence[PersonRow]
    number_active: int
    idle: Sequence[PersonRow]
    number_idle: int
    days: int


def room_tables(rooms: RoomsOfRange, zone: ZoneInfo, *, with_names: bool) -> RoomTables:
    """Return the tables of rooms."""
    busiest = rooms.busiest(0, MOST_ROWS, with_names=with_names)
    quiet = rooms.quiet(QUIET_AFTER, 0, MOST_ROWS, with_names=with_names)
    largest = rooms.largest(0, MOST_ROWS, with_names=with_names)
    since, until = (format_time(moment, zone) for moment in (rooms.since, rooms.until))
    return RoomTables(
        _room_rows(busiest, zone, [room.messages for room in busiest]),
        rooms.number_busy,
        _room_rows(quiet, zone, [room.messages for room in quiet]),
        rooms.number_quiet(QUIET_AFTER),
        _room_rows(largest, zone, [room.bytes or 0 for room in largest]),
        rooms.number_with_files,
        format_time(rooms.files_at, zone) if rooms.files_at else "",
        QUIET_AFTER,
        _description(since, until, format_time(rooms.previous_since, zone) if rooms.previous_since else ""),
        with_names,
    )


def people_tables(people: PeopleOfRange, zone: ZoneInfo) -> PeopleTables:
    """Return the tables of people."""
    return PeopleTables(
        _person_rows(people.most_active(0, MOST_ROWS), zone),
        people.number_active,
        _person_rows(people.idle(IDLE_AFTER, 0, MOST_ROWS), zone),
        people.number_idle(IDLE_AFTER),
        IDLE_AFTER,
    )


def room_title(room: RoomActivity) -> str:
    """Return the name of a room, or what it is and its number."""
    return room.name or gettext(ROOM_TITLES[room.kind]) % {"number": room.number}


def change_of(room: RoomActivity, form: str = "%(number)s") -> str:
    """Return by how much there were more or fewer messages than before, also in percent; `form` is that of the first number."""
    if room.before is None:
        return UNKNOWN
    percent = "" if room.growth is None else f" ({format_change(round(room.growth), Unit.MESSAGES)} %)"
    return form % {"number": format_change(room.messages - room.before, Unit.MESSAGES)} + percent


def _description(since: str, until: str, previous: str) -> str:
    values = {"since": since, "until": until, "previous": previous}
    if not previous:
        return gettext("Messages from %(since)s to %(until)s.") % values
    return gettext("Messages from %(since)s to %(until)s, and in the same time before it, since %(previous)s.") % values


def _room_rows(rooms: Sequence[RoomActivity], zone: ZoneInfo, sizes: Sequence[int]) -> list[RoomRow]:
    most = max(sizes, default=0)
    return [
        RoomRow(
            room_title(room),
            format_number(room.messages, Unit.MESSAGES),
            100 * size / most if most else 0,
            format_number(room.before, Unit.MESSAGES),
            change_of(room),
            format_number(room.people, Unit.PEOPLE),
            _at(room.last_message, zone),
            format_number(room.files, Unit.FILES),
            format_number(room.bytes, Unit.BYTES),
        )
        for room, size in zip(rooms, sizes, strict=True)
    ]


def _person_rows(people: Sequence[ActivePerson], zone: ZoneInfo) -> list[PersonRow]:
    return [
        PersonRow(one.name or gettext(_FORGOTTEN), format_number(one.days, Unit.PEOPLE), _at(one.last_message, zone))
        for one in people
    ]


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    return UNKNOWN if moment is None else format_time(moment, zone)
