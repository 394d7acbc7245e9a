"""Days (UTC) on which accounts were active, each with a mask of its quarters of an hour.

Numbers of different accounts cannot be added up over time; such rows give them for any time range of any time zone.
"""

from typing import NamedTuple

from ..db.sql import MYSQL, as_integer, divided

PER_DAY = 96
# The quarters of each of the two masks of a day: one of 96 bits fits no integer of a database.
PER_MASK = PER_DAY // 2


class AccountDay(NamedTuple):
    """A day, by its number since 1970-01-01 (UTC), on which an account was active; `room` is where, empty if it is not known.

    Bit n of `am` stands for the quarter of an hour n of the day, bit n of `pm` for that of its second half.
    """

    account: str
    day: int
    am: int
    pm: int
    room: str = ""


class RoomQuarter(NamedTuple):
    """The number of messages that are in a room from a quarter of an hour, by the quarter's number since 1970 (UTC)."""

    room: str
    quarter: int
    number: int


def masked(rows: str, vendor: str, account: str = "account", quarter: str = "quarter", room: str = "room") -> str:
    """Return a SELECT of account days; `rows` selects accounts, numbers of quarters since 1970, and rooms, in three columns."""
    am, pm = (as_integer(f"sum({_bit(part, vendor)})", vendor) for part in ("part", f"part - {PER_MASK}"))
    day = divided(quarter, PER_DAY, vendor)
    return (
        f"SELECT {account}, day, {am}, {pm}, {room} "
        f"FROM (SELECT DISTINCT {account}, {day} AS day, {quarter} - {day} * {PER_DAY} AS part, {room} FROM ({rows}) r) d "
        f"GROUP BY {account}, day, {room}"
    )


def _bit(part: str, vendor: str) -> str:
    bit = f"1 << ({part})" if vendor == MYSQL else f"CAST(1 AS bigint) << CAST({part} AS integer)"
    return f"CASE WHEN {part} BETWEEN 0 AND {PER_MASK - 1} THEN {bit} ELSE 0 END"
