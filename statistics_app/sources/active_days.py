"""Days (UTC) on which accounts were active, each with a mask of its quarters of an hour.

Numbers of different accounts cannot be added up over time; such rows give them for any time range of any time zone.
"""

from typing import NamedTuple

PER_DAY = 96
# The quarters of each of the two masks of a day: one of 96 bits fits no integer of a database.
PER_MASK = PER_DAY // 2


class AccountDay(NamedTuple):
    """A day, by its number since 1970-01-01 (UTC), on which an account was active.

    Bit n of `am` stands for the quarter of an hour n of the day, bit n of `pm` for that of its second half.
    """

    account: str
    day: int
    am: int
    pm: int


def masked(rows: str, account: str = "account", quarter: str = "quarter") -> str:
    """Return a SELECT of account days; `rows` selects accounts, and numbers of quarters since 1970, in two columns."""
    return (
        f"SELECT {account}, day, CAST(sum({_bit('part')}) AS bigint), CAST(sum({_bit(f'part - {PER_MASK}')}) AS bigint) "
        f"FROM (SELECT DISTINCT {account}, {quarter} / {PER_DAY} AS day, {quarter} - {quarter} / {PER_DAY} * {PER_DAY} AS part "
        f"FROM ({rows}) r) d GROUP BY {account}, day"
    )


def _bit(part: str) -> str:
    return f"CASE WHEN {part} BETWEEN 0 AND {PER_MASK - 1} THEN CAST(1 AS bigint) << CAST({part} AS integer) ELSE 0 END"
