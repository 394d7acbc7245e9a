"""The days on which accounts were active, added to the history; nothing takes them back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils import timezone

from ..exceptions import NotAnswered
from ..models import EventCoverage, Person, RecentPeople, Room, RoomAuthorDay, SeenDay, WrittenDay
from ..models.activity import parts
from ..models.events import new_past
from ..sources.active_days import PER_DAY, PER_MASK, AccountDay
from ..sources.base import ChatSource, UserType
from ..sources.quarters import QUARTER
from .steps import quarter_number

# So that the days of many years need little memory.
DAYS_AT_ONCE = 20_000


def add_written_days(source: ChatSource, days: Iterable[AccountDay], using: str) -> int:
    """Add days on which accounts wrote messages, and return how many rows of the history this made or changed."""
    changed = 0
    # In one transaction: days that were added without that being noted would never be noted.
    with transaction.atomic(using=using):
        for some, persons in _with_persons(source, days, using):
            _note_quarters(persons, some, using)
            number = WrittenDay.objects.using(using).add(_rows(some, persons))
            _add_authors_of_rooms(persons, some, using)
            if number:
                _note_past(min(day.day for day in some), using)
            changed += number
    return changed


def first_open_day() -> int:
    """Return the number of the first day (UTC) in which people may still be active without that being a change of the past."""
    return quarter_number(timezone.now()) // PER_DAY - 1


def _note_past(first_day: int, using: str) -> None:
    """Note that the people of the past have changed, if the first changed day is of the past.

    Those of yesterday are counted again for monitors only: what processes keep is older.
    """
    if first_day < first_open_day():
        EventCoverage.objects.using(using).update(past=new_past())
    elif first_day == first_open_day():
        RecentPeople.objects.using(using).all().delete()


def add_seen_days(source: ChatSource, coverage: EventCoverage, now: datetime, using: str) -> None:
    """Add the days of the latest reads and log-ins; the chat keeps the last of each only, so they are noted as they pass."""
    since = (coverage.seen_until or now) - QUARTER
    try:
        days = source.seen_accounts(since)
    except NotAnswered:
        return
    with transaction.atomic(using=using):
        for some, persons in _with_persons(source, days, using):
            if SeenDay.objects.using(using).add(_rows(some, persons)):
                _note_past(min(day.day for day in some), using)
        coverage.seen_since, coverage.seen_until = coverage.seen_since or since, now
        coverage.save(using=using, update_fields=["seen_since", "seen_until"])


def add_days_in_rows(source: ChatSource, since: datetime, until: datetime, using: str) -> None:
    """Add the days on which the messages of a time range were written; nothing, if the source does not know their authors."""
    try:
        days = source.active_accounts(since, until)
    except NotAnswered:
        return
    add_written_days(source, days, using)


def _with_persons(
    source: ChatSource, days: Iterable[AccountDay], using: str
) -> Iterator[tuple[list[AccountDay], dict[str, Person]]]:
    """Yield some of the days at a time, with the persons of their accounts, whose types are noted."""
    remaining = iter(days)
    while some := list(islice(remaining, DAYS_AT_ONCE)):
        persons = Person.objects.using(using).of_keys({day.account for day in some})
        _note_types(source, persons, using)
        yield some, persons


def _rows(days: Iterable[AccountDay], persons: Mapping[str, Person]) -> Iterator[tuple[int, int, int, int]]:
    return ((day.day, persons[day.account].pk, day.am, day.pm) for day in days)


def _note_types(source: ChatSource, persons: Mapping[str, Person], using: str) -> None:
    """Store the present types of accounts; of those that are gone, the last known type stays."""
    try:
        types: Mapping[str, UserType] = source.account_types(persons)
    except NotAnswered:
        return
    changed: defaultdict[UserType, list[Person]] = defaultdict(list)
    for account, type_ in types.items():
        if account in persons and persons[account].type != type_:
            changed[type_].append(persons[account])
    were_counted = any(one.type is not None or one.last_quarter is not None for some in changed.values() for one in some)
    for type_, some in changed.items():
        for part in parts(some):
            Person.objects.using(using).filter(pk__in=[person.pk for person in part]).update(type=type_.value)
            for person in part:
                person.type = type_.value
    if were_counted:
        _note_past(0, using)


def _add_authors_of_rooms(persons: Mapping[str, Person], days: Iterable[AccountDay], using: str) -> None:
    in_rooms = [day for day in days if day.room]
    rooms = Room.objects.using(using).of_keys({day.room for day in in_rooms})
    RoomAuthorDay.objects.using(using).add(
        (rooms[day.room].pk, day.day, persons[day.account].pk, day.am, day.pm) for day in in_rooms
    )


def _note_quarters(persons: Mapping[str, Person], days: Iterable[AccountDay], using: str) -> None:
    """Store the first and the last quarter of an hour of each account, if the days extend them."""
    changed: dict[str, Person] = {}
    for day in days:
        quarters = day.am | day.pm << PER_MASK
        first = day.day * PER_DAY + (quarters & -quarters).bit_length() - 1
        if persons[day.account].extend(first, day.day * PER_DAY + quarters.bit_length() - 1):
            changed[day.account] = persons[day.account]
    Person.objects.using(using).store_quarters(changed.values())
