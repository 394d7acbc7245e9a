"""Who was active when, computed from the messages of an export independently of the app, with sets of authors.

`python -m tests.oracles.activity DIR` compares it with the history of the workspace in DATABASE_URL: every day, week, month,
quarter and year, rolling windows, arrivals and departures, cohorts, messages by hour of the week, and rooms by month, in
several time zones.
"""

import gzip
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.oracles.rocketchat import is_message, time_of

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York")
WINDOWS = (1, 7, 28, 30)
GONE_AFTER = 28
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)


class Written(NamedTuple):
    """A message: its author, when it was written, and in which room."""

    author: str
    at: datetime
    room: str = ""


def monday(day: date) -> date:
    """Return the first day of an ISO week."""
    return day - timedelta(days=day.weekday())


# The first day of the step that contains a day.
FIRST_DAY: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": monday,
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def days_of(written: Iterable[Written], zone: ZoneInfo) -> dict[date, set[str]]:
    """Return who wrote on each local day."""
    days: dict[date, set[str]] = defaultdict(set)
    for author, at, _ in written:
        days[at.astimezone(zone).date()].add(author)
    return days


def by_step(days: dict[date, set[str]], step: str) -> dict[date, set[str]]:
    """Return who wrote in each step, by its first day."""
    steps: dict[date, set[str]] = defaultdict(set)
    for day, authors in days.items():
        steps[FIRST_DAY[step](day)] |= authors
    return steps


def rolling(days: dict[date, set[str]], window: int, until: date) -> dict[date, int]:
    """Return how many wrote in so many days up to each day."""
    numbers, day = {}, min(days)
    while day <= until:
        authors: set[str] = set()
        for back in range(window):
            authors |= days.get(day - back * DAY, set())
        numbers[day] = len(authors)
        day += DAY
    return numbers


def movements(days: dict[date, set[str]], step: str, until: date) -> dict[date, tuple[int, int, int, int]]:
    """Return how many were new, stayed, came back, and were gone in each step; days of absence are over until `until`."""
    of_author: dict[str, list[date]] = defaultdict(list)
    for day in sorted(days):
        for author in days[day]:
            of_author[author].append(day)
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for active in of_author.values():
        seen: set[date] = set()
        for before, day in zip([None, *active], active, strict=False):
            start = FIRST_DAY[step](day)
            if start not in seen:
                found[start][0 if before is None else 1 if (day - before).days <= GONE_AFTER else 2] += 1
                seen.add(start)
        for day, after in zip(active, [*active[1:], None], strict=True):
            gone = day + GONE_AFTER * DAY
            if (after is None or after > gone) and gone <= until:
                found[FIRST_DAY[step](gone)][3] += 1
    return {start: tuple(numbers) for start, numbers in found.items()}  # type: ignore[misc] # four numbers


def cohorts(days: dict[date, set[str]]) -> dict[tuple[date, date], int]:
    """Return how many of those who first wrote in a month wrote in another one."""
    months = by_step(days, "month")
    first: dict[str, date] = {}
    for month in sorted(months):
        for author in months[month]:
            first.setdefault(author, month)
    found: dict[tuple[date, date], int] = defaultdict(int)
    for month, authors in months.items():
        for author in authors:
            found[first[author], month] += 1
    return found


def heat_map(sent: Iterable[datetime], since: datetime, until: datetime, zone: ZoneInfo) -> dict[tuple[int, int], float]:
    """Return the average number of messages in each hour of each weekday, from Monday, by what a clock showed."""
    messages: Counter[tuple[int, int]] = Counter()
    shown: Counter[tuple[int, int]] = Counter()
    for moment in sent:
        local = moment.astimezone(zone)
        messages[local.weekday(), local.hour] += 1
    while since < until:
        local = since.astimezone(zone)
        shown[local.weekday(), local.hour] += 1
        since += QUARTER
    return {hour: messages[hour] * 4 / quarters for hour, quarters in shown.items()}


def rooms(written: Iterable[Written], machines: Collection[str], zone: ZoneInfo) -> dict[date, dict[str, tuple[int, int]]]:
    """Return the messages of each room, and how many people wrote them, by the first day of the month."""
    messages: Counter[tuple[date, str]] = Counter()
    authors: dict[tuple[date, str], set[str]] = defaultdict(set)
    for author, at, room in written:
        month = FIRST_DAY["month"](at.astimezone(zone).date())
        messages[month, room] += 1
        if author and author not in machines:
            authors[month, room].add(author)
    found: dict[date, dict[str, tuple[int, int]]] = defaultdict(dict)
    for (month, room), number in messages.items():
        found[month][room] = (number, len(authors[month, room]))
    return found


def lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the documents of a collection. Errors: FileNotFoundError if it is not there."""
    paths = sorted(folder.glob(f"{name}.jsonl*"))
    if not paths:
        raise FileNotFoundError(f"{folder} has no {name}.jsonl.")
    for path in paths:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            yield from map(json.loads, file)


def messages_of(folder: Path) -> list[Written]:
    """Return the messages of an export."""
    return [
        Written(message["u"]["_id"], moment, message["rid"])
        for message in lines(folder, "rocketchat_message")
        if is_message(message) and isinstance(moment := time_of(message.get("ts")), datetime)
    ]


def machines_of(folder: Path) -> set[str]:
    """Return the bots and apps of an export."""
    return {user["_id"] for user in lines(folder, "users") if user.get("type") in ("bot", "app")}


def differing(expected: dict[Any, Any], found: dict[Any, Any], nothing: Hashable = 0) -> list[str]:
    """Return a line for each difference."""
    keys = sorted({*expected, *found}, key=str)
    return [
        f"{key}: {expected.get(key, nothing)} expected, {found.get(key, nothing)} found"
        for key in keys
        if expected.get(key, nothing) != found.get(key, nothing)
    ]


def compare(written: list[Written], zone_name: str, using: str = "default") -> Iterator[tuple[str, int, list[str]]]:
    """Yield what was compared with the app, how many numbers, and the differences."""
    from statistics_app.history import activity
    from statistics_app.history.steps import Step, bounds, bounds_from

    zone = ZoneInfo(zone_name)
    days = days_of(written, zone)
    first, last = min(days), max(days)
    since = datetime(first.year, first.month, first.day, 12, tzinfo=zone).astimezone(UTC)
    until = datetime(last.year, last.month, last.day, 12, tzinfo=zone).astimezone(UTC)
    wrote = activity.Activity.WROTE

    def named(starts: Iterable[datetime], values: Iterable[Any], nothing: Any = 0) -> dict[date, Any]:
        pairs = zip(starts, values, strict=True)
        return {start.astimezone(zone).date(): value for start, value in pairs if value != nothing}

    for step in FIRST_DAY:
        edges = bounds(since, until, Step(step), zone)
        expected = {start: len(authors) for start, authors in by_step(days, step).items()}
        found = named(edges[:-1], activity.people_by_step(wrote, edges, using))
        yield f"people by {step}", len(expected), differing(expected, found)

    edges = bounds(since, until, Step.DAY, zone)
    windows = activity.rolling_people(wrote, edges, WINDOWS, using)
    for window in WINDOWS:
        expected = {day: number for day, number in rolling(days, window, last).items() if number}
        yield f"rolling {window} days", len(expected), differing(expected, named(edges[:-1], windows[window]))

    before = bounds_from(since - (GONE_AFTER + 40) * DAY, 1, Step.MONTH, zone)[0]
    for step in ("day", "week", "month"):
        edges = bounds(since, until, Step(step), zone)
        all_days = bounds(before, edges[-1] - timedelta(seconds=1), Step.DAY, zone)
        moved = activity.movements(all_days, edges, using)
        found = named(edges[:-1], [(move.new, move.stayed, move.back, move.gone) for move in moved], (0, 0, 0, 0))
        yield (
            f"movements by {step}",
            len(found),
            differing(movements(days, step, edges[-1].astimezone(zone).date() - DAY), found, (0, 0, 0, 0)),
        )

    edges = bounds(since, until, Step.MONTH, zone)
    months = [start.astimezone(zone).date() for start in edges[:-1]]
    table = activity.cohorts(edges, using)
    found = {
        (months[i], months[i + later]): number for i, row in enumerate(table) for later, number in enumerate(row) if number
    }
    yield "cohorts", len(found), differing(cohorts(days), found)


def compare_heat_map(sent: list[datetime], zone_name: str, using: str = "default") -> tuple[str, int, list[str]]:
    """Return that all messages were compared by hour of the week, of how many hours, and the differences."""
    from statistics_app.history import heat_map as app
    from statistics_app.history.steps import quarter_of

    since, until, zone = quarter_of(min(sent)), quarter_of(max(sent)) + QUARTER, ZoneInfo(zone_name)
    averages = app.heat_map(since, until, zone, using).averages
    found = {(n // 24, n % 24): average for n, average in enumerate(averages) if average is not None}
    return "hours of the week", len(found), differing(heat_map(sent, since, until, zone), found, None)


def compare_rooms(written: list[Written], machines: Collection[str], zone_name: str) -> tuple[str, int, list[str]]:
    """Return that the rooms of each month were compared, of how many rooms, and the differences."""
    from statistics_app.history.rooms import rooms_of
    from statistics_app.history.steps import Step, bounds
    from statistics_app.models import Room

    zone, keys = ZoneInfo(zone_name), dict(Room.objects.values_list("pk", "key"))
    expected = rooms(written, machines, zone)
    sent = [message.at for message in written]
    edges = bounds(min(sent), max(sent) + QUARTER, Step.MONTH, zone)
    found: dict[date, dict[str, tuple[int, int]]] = {}
    for since, until in pairwise(edges):
        shown = rooms_of(since, until, zone)
        busiest = shown.busiest(0, 10**6, with_names=False) if shown else []
        month = {keys[room.number]: (room.messages, room.people or 0) for room in busiest if room.messages}
        assert [room.messages for room in busiest] == sorted((room.messages for room in busiest), reverse=True)
        found |= {since.astimezone(zone).date(): month} if month else {}
    return "rooms by month", sum(map(len, expected.values())), differing(expected, found, None)


def main() -> int:
    """Compare all time zones. Return 1 if there is a difference, otherwise 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
    import django

    django.setup()
    folder = Path(sys.argv[1])
    return int(bool(report(messages_of(folder), machines_of(folder))))


def report(written: list[Written], machines: Collection[str]) -> int:
    """Print the comparisons, and return the number of differences; messages of machines count, but not their authors."""
    differences = 0
    by_people, sent = [message for message in written if message.author not in machines], [message.at for message in written]
    for zone in ZONES:
        for what, number, found in (
            *compare(by_people, zone),
            compare_heat_map(sent, zone),
            compare_rooms(written, machines, zone),
        ):
            differences += len(found)
            print(f"{zone}: {what}: {number:,} numbers, {len(found)} differ", flush=True)
            for line in found[:5]:
                print(f"  {line}")
    return differences


if __name__ == "__main__":
    sys.exit(main())
