"""The numbers of different people that Rocket.Chat counted itself, from the sessions of its users."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .values import InvalidValue, count

# The keys of the numbers, with the length of their time in days; a month of Rocket.Chat has 28 to 31.
PERIODS = {"uniqueUsersOfYesterday": 1, "uniqueUsersOfLastWeek": 7, "uniqueUsersOfLastMonth": 28}


@dataclass(frozen=True, slots=True)
class ReportedPeople:
    """How many people had a session in the `days` days up to and including a day; 28 stands for Rocket.Chat's month."""

    day: date
    days: int
    number: int


def reported_people(document: Mapping[str, Any], created_at: datetime) -> tuple[ReportedPeople, ...]:
    """Return the numbers of people in a document; whatever is not in the known form is left out."""
    return tuple(_found(document, created_at.date()))


def _found(document: Mapping[str, Any], today: date) -> Iterator[ReportedPeople]:
    for key, days in PERIODS.items():
        value = document.get(key)
        if not isinstance(value, Mapping):
            continue
        try:
            day = date(*(count(value.get(name)) for name in ("year", "month", "day")))
            number = _number(value.get("data"))
        except (InvalidValue, ValueError, OverflowError):
            continue
        # Yesterday is that of the server's clock; a week and a month end with it, whichever of their days is named.
        yesterday = day if days == 1 else today - timedelta(days=1)
        if abs(today - day) <= timedelta(days=32) and abs(today - yesterday) <= timedelta(days=2):
            yield ReportedPeople(yesterday, days, number)


def _number(data: Any) -> int:
    """Return the number of people. Errors: InvalidValue if there is none, as for a day without sessions."""
    if not isinstance(data, list) or len(data) != 1 or not isinstance(data[0], Mapping):
        raise InvalidValue("has no number of people")
    return count(data[0].get("count"))
