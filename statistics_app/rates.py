"""A rate as people write it: `10/minute`."""

import re
from typing import NamedTuple

_WRITTEN = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


class Rate(NamedTuple):
    """So many in so many seconds."""

    limit: int
    seconds: int


def parse_rate(text: str) -> Rate | None:
    """Read `N/second`, `N/minute` or `N/hour`; empty is None, no limit; errors: ValueError."""
    if not text:
        return None
    if (written := _WRITTEN.fullmatch(text)) is None:
        raise ValueError(f"'{text}' is no rate such as 10/minute.")
    return Rate(int(written[1]), _SECONDS[written[2]])
