"""The messages of rooms by quarter of an hour, changed in memory and then stored."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property

from django.db.models import Max, Min

from ..exceptions import NotAnswered
from ..models import Room, RoomDay
from ..models.activity import parts
from ..sources.active_days import PER_DAY, RoomQuarter
from ..sources.base import ChatSource
from ..tallies.event_changes import RoomChange
from .steps import quarter_number

# The number of messages by the room's key, by the quarter's number.
ByRoom = defaultdict[int, Counter[str]]
# So that the changes of many years need little memory.
DAYS_PER_BOOK = 20


class RoomBook:
    """The days of rooms in some days; the caller holds the lock of the event rollups, and a transaction."""

    def __init__(self, days: Iterable[int], keys: Iterable[str], using: str) -> None:
        self.using = using
        self.stored = {(row.day, row.room): row for row in RoomDay.objects.using(using).filter(day__in=set(days))}
        self.rooms: dict[str, Room] = Room.objects.using(using).of_keys(set(keys))
        known = {room.pk for room in self.rooms.values()}
        others = Room.objects.using(using).in_bulk({room for _, room in self.stored} - known)
        self.rooms |= {room.key: room for room in others.values()}
        self.changed: dict[tuple[int, int], RoomDay] = {}

    def add(self, key: str, quarter: int, number: int = 0, removed: int = 0) -> None:
        """Add to what was sent in a room in a quarter of an hour, and to what was removed of it since."""
        row = self._row(key, quarter)
        row.add(quarter % PER_DAY, number, removed)
        self.changed[row.day, row.room] = row

    def restore(self, key: str, quarter: int, number: int) -> None:
        """Lower what was removed; what had not been removed was sent."""
        row, part = self._row(key, quarter), quarter % PER_DAY
        restored = min(number, max(row.in_quarter(part)[1], 0))
        row.add(part, number - restored, -restored)
        self.changed[row.day, row.room] = row

    @cached_property
    def there(self) -> dict[int, dict[str, int]]:
        """The number of messages that should be there, by room, by quarter, of what is stored."""
        keys = {room.pk: key for key, room in self.rooms.items()}
        found: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for (day, room), row in self.stored.items():
            for part, (sent, removed) in row.quarters.items():
                found[day * PER_DAY + int(part)][keys[room]] = sent - removed
        return found

    def store(self) -> None:
        """Store the changed days, and when the rooms had messages."""
        RoomDay.objects.using(self.using).store(list(self.changed.values()))
        rooms = {room.pk: room for room in self.rooms.values()}
        changed, without_edge = {}, set()
        for row in self.changed.values():
            room = rooms[row.room]
            if row.has_lost(room.first_quarter) or row.has_lost(room.last_quarter):
                without_edge.add(room)
            elif (quarters := row.quarters_with_messages) and room.extend(min(quarters), max(quarters)):
                changed[room.pk] = room
        _find_edges(without_edge, self.using)
        Room.objects.using(self.using).store_quarters([*changed.values(), *without_edge])

    def _row(self, key: str, quarter: int) -> RoomDay:
        place = (quarter // PER_DAY, self.rooms[key].id)
        row = self.stored.get(place)
        if row is None:
            row = self.stored[place] = RoomDay(day=place[0], room=place[1])
        return row


def _find_edges(rooms: Collection[Room], using: str) -> None:
    """Determine the first and the last quarter of rooms of which one has no messages any more, as if none had been sent."""
    days = RoomDay.objects.using(using).filter(number__gt=0)
    for some in parts(list(rooms)):
        edges = days.filter(room__in=[room.pk for room in some]).order_by().values_list("room")
        found = {room: (first, last) for room, first, last in edges.annotate(first=Min("day"), last=Max("day"))}
        for room in some:
            rows = days.filter(room=room.pk, day__in=found.get(room.pk, ()))
            quarters = [quarter for row in rows for quarter in row.quarters_with_messages]
            room.first_quarter, room.last_quarter = (min(quarters), max(quarters)) if quarters else (None, None)


def add_room_changes(changes: Iterable[RoomChange], since: datetime, using: str) -> None:
    """Add the changes of quarters from `since` on."""
    first = quarter_number(since)
    by_day: defaultdict[int, list[RoomChange]] = defaultdict(list)
    for change in changes:
        if change.quarter >= first:
            by_day[change.quarter // PER_DAY].append(change)
    for days in _some(by_day):
        book = RoomBook(days, (change.room for day in days for change in by_day[day]), using)
        for day in days:
            for change in by_day[day]:
                _book(book, change)
        book.store()


def _book(book: RoomBook, change: RoomChange) -> None:
    if not change.removal:
        book.add(change.room, change.quarter, change.number)
    elif change.number < 0:
        book.add(change.room, change.quarter, removed=-change.number)
    else:
        book.restore(change.room, change.quarter, change.number)


def rows_by_room(
    source: ChatSource, since: datetime, until: datetime, pending: Iterable[tuple[str, int, int]]
) -> ByRoom | None:
    """Count the messages of a time range by room, without pending changes, in the caller's view of the data.

    It is None if the source does not tell in which room they are.
    """
    rows: ByRoom = defaultdict(Counter)
    try:
        counted: Iterable[RoomQuarter] = source.room_messages(since, until)
        for room, quarter, number in counted:
            rows[quarter][room] += number
    except NotAnswered:
        return None
    for room, quarter, number in pending:
        rows[quarter][room] -= number
    return rows


def reconcile_rooms(rows: ByRoom, since: datetime, until: datetime, using: str) -> list[tuple[int, int, int]]:
    """Book the differences between the days of rooms and the rows of a time range, as `reconcile` does those of events.

    Return (quarter, expected number of messages, number found) of each room that differed.
    """
    differences = []
    within = range(quarter_number(since), quarter_number(until))
    stored = RoomDay.objects.using(using).filter(day__gte=within[0] // PER_DAY, day__lte=within[-1] // PER_DAY)
    for days in _some({quarter // PER_DAY for quarter in rows} | set(stored.values_list("day", flat=True).distinct())):
        quarters = [quarter for day in days for quarter in range(day * PER_DAY, (day + 1) * PER_DAY)]
        book = RoomBook(days, {key for quarter in quarters for key in rows.get(quarter, ())}, using)
        there = book.there
        for quarter in quarters:
            found: Mapping[str, int] = rows.get(quarter, {})
            expected: Mapping[str, int] = there.get(quarter, {})
            if quarter not in within or found == expected:
                continue
            for key in sorted({*found, *expected}):
                number, known = found.get(key, 0), expected.get(key, 0)
                if number > known:
                    book.restore(key, quarter, number - known)
                elif number < known:
                    book.add(key, quarter, removed=known - number)
                if number != known:
                    differences.append((quarter, known, number))
        book.store()
    return differences


def forget_removed_in_rooms(using: str) -> None:
    """Leave only what was sent and is there."""
    days = RoomDay.objects.using(using)
    for some in _some(days.values_list("day", flat=True).distinct()):
        rows = list(days.filter(day__in=some))
        for row in rows:
            row.quarters = {part: [sent - removed, 0] for part, (sent, removed) in row.quarters.items()}
            row.number = sum(sent for sent, _ in row.quarters.values())
        days.bulk_update(rows, ["number", "quarters"], batch_size=100)
    rooms = list(Room.objects.using(using).exclude(last_quarter=None))
    _find_edges(rooms, using)
    Room.objects.using(using).store_quarters(rooms)


def _some(days: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(days)
    return (ordered[start : start + DAYS_PER_BOOK] for start in range(0, len(ordered), DAYS_PER_BOOK))
