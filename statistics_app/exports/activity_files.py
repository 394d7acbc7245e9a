"""Files of the page of activity, as CSV: series, the hours of the week, and cohorts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..conf import WEEKDAYS
from ..history.activity import Activity
from ..history.activity_metrics import activity_metrics
from ..history.activity_summary import Cohorts, cohorts_of, hours_of
from ..history.heat_map import HOURS, HeatMap
from ..history.message_shares import MESSAGE_SHARES
from ..history.metric import Metric
from ..history.metrics import BY_KEY, ROOM_KIND_NAMES
from ..history.people import IDLE_AFTER, ActivePerson, PeopleOfRange, why_names_are_unknown
from ..history.points import HistoryRange
from ..history.rooms import QUIET_AFTER, RoomActivity, RoomsOfRange, rooms_of
from ..history.series import SeriesMode, series
from ..http.query_parameters import choice
from .csv_format import CSV, csv_row
from .file_names import file_stem

# The most rows of a file of rooms or people.
MOST_ROWS = 10_000
BUSIEST, QUIET, LARGEST, ACTIVE, IDLE = "rooms", "quiet-rooms", "storage", "most-active", "without-activity"
_OF_ROOMS, _OF_PEOPLE = (BUSIEST, QUIET, LARGEST), (ACTIVE, IDLE)
_SENT = tuple(BY_KEY[f"sent{name}Messages"] for name in ("", *ROOM_KIND_NAMES.values()))


@dataclass(frozen=True, slots=True)
class File:
    """The name of a file, and its content."""

    name: str
    content: Iterable[bytes]
    media_type: str = CSV.media_type


def activity_file(
    parameters: Mapping[str, str], kind: Activity, history_range: HistoryRange, *, with_names: bool, with_people: bool
) -> File:
    """Return the file of the chart or table that the parameter `show` names; errors: ParameterError.

    `with_names` with those of all rooms, and `with_people` also the tables of single people.
    """
    metrics = _metrics_by_name(kind)
    tables = ["cohorts", "hours", *_OF_ROOMS, *(_OF_PEOPLE if with_people else ())]
    show = choice(parameters, "show", [*metrics, *tables])
    name = CSV.file_name(file_stem(show, history_range))
    if show == "cohorts":
        cohorts = cohorts_of(history_range)
        return File(name, write_cohorts(cohorts, history_range.zone) if cohorts else ())
    if show == "hours":
        hours = hours_of(history_range)
        return File(name, write_hours(hours, history_range.zone) if hours else ())
    if show in _OF_ROOMS:
        rooms = rooms_of(history_range.since, history_range.until, history_range.zone)
        found = rooms and _rooms(rooms, show, with_names=with_names)
        return File(name, write_rooms(found or (), history_range.zone))
    if show in _OF_PEOPLE:
        people = None if why_names_are_unknown() else PeopleOfRange.of(history_range)
        listed = people and (people.most_active(0, MOST_ROWS) if show == ACTIVE else people.idle(IDLE_AFTER, 0, MOST_ROWS))
        return File(name, write_people(listed or (), history_range.zone))
    points = series(metrics[show], history_range, SeriesMode.VALUE)
    return File(name, CSV.write_series(points, history_range, SeriesMode.VALUE))


def _rooms(rooms: RoomsOfRange, show: str, *, with_names: bool) -> list[RoomActivity]:
    if show == QUIET:
        return rooms.quiet(QUIET_AFTER, 0, MOST_ROWS, with_names=with_names)
    listed = rooms.busiest if show == BUSIEST else rooms.largest
    return listed(0, MOST_ROWS, with_names=with_names)


def write_rooms(rooms: Iterable[RoomActivity], zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a header row, then one row per room."""
    numbers = ["messages", "messages before", "growth in percent", "people"]
    yield csv_row(["room", *numbers, f"last message in {zone.key}", "files", "bytes"])
    for room in rooms:
        growth = None if room.growth is None else round(room.growth, 1)
        last = _local(room.last_message, zone)
        yield csv_row([room.title, room.messages, room.before, growth, room.people, last, room.files, room.bytes])


def write_people(people: Iterable[ActivePerson], zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a header row, then one row per person."""
    yield csv_row(["name", "days active", f"last message in {zone.key}"])
    for one in people:
        yield csv_row([one.name, one.days, _local(one.last_message, zone)])


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat(" ", "minutes")


def write_hours(hours: HeatMap, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a header row with the weekdays, then one row per hour, with average numbers of messages."""
    yield csv_row([f"hour in {zone.key}", *WEEKDAYS])
    for hour in range(HOURS):
        yield csv_row([f"{hour:02}:00", *hours.averages[hour::HOURS]])


def write_cohorts(cohorts: Cohorts, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a header row, then one row per month: how many people wrote first in it, and how many of them in each later one."""
    later = [f"wrote {n} month{'s' if n > 1 else ''} later" for n in range(1, len(cohorts.months))]
    yield csv_row([f"month in {zone.key}", "wrote first", *later])
    for month, people in zip(cohorts.months, cohorts.people, strict=True):
        yield csv_row([f"{month.astimezone(zone):%Y-%m}", *people])


def _metrics_by_name(kind: Activity) -> dict[str, tuple[Metric, ...]]:
    metrics = activity_metrics(kind)
    return {
        "people": (metrics.people, metrics.machines),
        "windows": metrics.windows,
        "movement": (*metrics.came, metrics.gone),
        "stickiness": (metrics.stickiness,),
        "messages": _SENT,
        "shares": MESSAGE_SHARES,
        "per-person": (metrics.per_person,),
    }
