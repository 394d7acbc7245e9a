"""The messages of single rooms: the busiest rooms of a time range, and those that have gone quiet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import router
from django.db.models import QuerySet
from django.utils import timezone

from ..exceptions import NotAnswered
from ..models import EventCoverage, Room, RoomAuthorDay, RoomDay
from ..models.active_query import ActiveQuery
from ..sources.base import RoomKind
from ..sources.loading import chat_source
from ..texts import gettext_noop as _
from .active_points import why_authors_are_unknown
from .activity import MACHINES
from .small_cells import shown
from .steps import quarter_at, quarter_number, quarter_of

# A room without a message for so many days has gone quiet, where the reader does not say otherwise.
QUIET_AFTER = 90

# What a room without a name is called.
ROOM_TITLES = {
    RoomKind.CHANNEL: _("Channel %(number)d"),
    RoomKind.PRIVATE_GROUP: _("Private group %(number)d"),
    RoomKind.DIRECT: _("Direct room %(number)d"),
    RoomKind.LIVECHAT: _("Livechat %(number)d"),
    RoomKind.OTHER: _("Other room %(number)d"),
    RoomKind.UNKNOWN: _("Unknown room %(number)d"),
    None: _("Former room %(number)d"),
}


@dataclass(frozen=True, slots=True)
class RoomActivity:
    """The messages that were sent in a room, and the people who wrote them; bots and apps are no people.

    `number` is the history's own number of the room. `kind` and `name` are what the chat calls it now: the kind of a room that
    is gone, or does not count any more, is None, and so is a name that the reader may not see. `before` is the number of
    messages in the same time before, None if that is not known; `people` is None if it is not known who wrote, or hidden.
    `files` and `bytes` are what is there now, None if it is not known.
    """

    number: int
    messages: int
    before: int | None
    people: int | None
    files: int | None
    bytes: int | None
    last_message: datetime | None = None
    kind: RoomKind | None = None
    name: str | None = None

    @property
    def title(self) -> str:
        """The name, or what the room is and its number, in English."""
        return self.name or ROOM_TITLES[self.kind] % {"number": self.number}

    @property
    def growth(self) -> float | None:
        """By how many percent there were more messages than before; None if there were none, or it is not known."""
        return 100 * (self.messages - self.before) / self.before if self.before else None


@dataclass(frozen=True)
class RoomsOfRange:
    """The rooms in a time range of whole quarters of an hour, which is covered.

    `previous_since` is the start of the same time before it, None if that is not covered. `files_at` is when the files of rooms
    were counted last, None if they never were.
    """

    since: datetime
    until: datetime
    previous_since: datetime | None
    files_at: datetime | None
    using: str

    def busiest(self, offset: int, count: int, *, with_names: bool) -> list[RoomActivity]:
        """Return some of the rooms with messages in the range or before it, those with the most first.

        Names of rooms that are not public are included only `with_names`.
        """
        return self._described(self._by_messages[offset : offset + count], with_names=with_names)

    def fastest_growing(self, *, with_names: bool) -> RoomActivity | None:
        """Return the room with the greatest increase of messages; None if it is not known, or none has one."""
        if self._before is None:
            return None
        growth = {number: self._sent[number] - self._before[number] for number in self._by_messages}
        most = max(growth, key=lambda number: growth[number], default=0)
        return self._described([most], with_names=with_names)[0] if growth.get(most, 0) > 0 else None

    @property
    def number_busy(self) -> int:
        """The number of rooms with messages in the range or in the same time before it."""
        return len(self._by_messages)

    def quiet(self, days: int, offset: int, count: int, *, with_names: bool) -> list[RoomActivity]:
        """Return some of the rooms whose latest message is so many days before the end, or more; the latest ones come first."""
        quiet = self._quiet(days).order_by("-last_quarter", "pk").values_list("pk", flat=True)
        return self._described(list(quiet[offset : offset + count]), with_names=with_names)

    def number_quiet(self, days: int) -> int:
        """The number of rooms whose latest message is so many days before the end, or more."""
        return self._quiet(days).count()

    def largest(self, offset: int, count: int, *, with_names: bool) -> list[RoomActivity]:
        """Return some of the rooms with files, those whose files take the most space first."""
        numbers = self._with_files.order_by("-bytes", "pk").values_list("pk", flat=True)
        return self._described(list(numbers[offset : offset + count]), with_names=with_names)

    @property
    def number_with_files(self) -> int:
        """The number of rooms with files."""
        return self._with_files.count()

    @property
    def _with_files(self) -> "QuerySet[Room]":
        rooms = Room.objects.using(self.using)
        return rooms.filter(files__gt=0) if self.files_at else rooms.none()

    def _quiet(self, days: int) -> "QuerySet[Room]":
        first = quarter_number(self.until - timedelta(days=days))
        return Room.objects.using(self.using).filter(last_quarter__lt=first)

    def _described(self, numbers: Sequence[int], *, with_names: bool) -> list[RoomActivity]:
        rooms = Room.objects.using(self.using).in_bulk(numbers)
        labels = chat_source(timezone.now()).room_labels([room.key for room in rooms.values()])
        people = self._people(numbers)
        described = []
        for number in numbers:
            label, last = labels.get(rooms[number].key), rooms[number].last_quarter
            described.append(
                RoomActivity(
                    number,
                    self._sent[number],
                    before=None if self._before is None else self._before[number],
                    people=None if people is None else shown(people.get(number, 0)),
                    files=rooms[number].files if self.files_at else None,
                    bytes=rooms[number].bytes if self.files_at else None,
                    last_message=None if last is None else quarter_at(last),
                    kind=label.kind if label else None,
                    name=label.name or None if label and (label.public or with_names) else None,
                )
            )
        return described

    @cached_property
    def _sent(self) -> Counter[int]:
        return RoomDay.objects.using(self.using).sent(quarter_number(self.since), quarter_number(self.until))

    @cached_property
    def _before(self) -> Counter[int] | None:
        if self.previous_since is None:
            return None
        return RoomDay.objects.using(self.using).sent(quarter_number(self.previous_since), quarter_number(self.since))

    @cached_property
    def _by_messages(self) -> list[int]:
        before = self._before or Counter()
        numbers = (number for number in {*self._sent, *before} if self._sent[number] or before[number])
        return sorted(numbers, key=lambda number: (-self._sent[number], -before[number], number))

    def _people(self, rooms: Sequence[int]) -> dict[int, int] | None:
        if why_authors_are_unknown():
            return None
        if not rooms:
            return {}
        query = ActiveQuery([RoomAuthorDay], MACHINES, self.using, are_others=True)
        return query.people_by_room((0, quarter_number(self.since), quarter_number(self.until)), rooms)


def rooms_of(since: datetime, until: datetime, zone: ZoneInfo) -> RoomsOfRange | None:
    """Return the rooms of what is covered of a time range; None if nothing of it is, or the source tells nothing of rooms.

    The time before it is as long by the clocks of the time zone.
    """
    using = router.db_for_read(RoomDay)
    coverage = EventCoverage.objects.using(using).first()
    if coverage is None or why_rooms_are_unknown():
        return None
    since, until = quarter_of(max(since, coverage.since)), quarter_of(min(until, coverage.until))
    if since >= until:
        return None
    local = since.astimezone(zone)
    # Both have the same zone, so this is the difference of what clocks show.
    previous = (local - (until.astimezone(zone) - local)).astimezone(UTC)
    is_covered = previous >= coverage.since or coverage.is_complete
    return RoomsOfRange(since, until, previous if is_covered else None, coverage.files_at, using)


def why_rooms_are_unknown() -> str:
    """Return why the source tells nothing of single rooms; empty if it does."""
    now = timezone.now()
    try:
        chat_source(now).room_messages(now, now)
        chat_source(now).room_labels(())
    except NotAnswered as problem:
        return str(problem)
    return ""
