"""The use of the limits on requests: how many of one caller are counted in the current window of the clock."""

import math
import time
from dataclasses import dataclass

from ..conf import parse_rate, setting
from ..exceptions import TooManyAttempts
from .batched_counts import BatchedCounts
from .throttle_counters import cache_key

REFRESHES = "THROTTLE_REFRESH"

counts = BatchedCounts()


@dataclass(frozen=True, slots=True)
class Usage:
    """The use of a limit in the current window, which ends at `resets_at`, in seconds since 1970; `key` is the counter's."""

    limit: int
    used: int
    resets_at: int
    key: str

    @property
    def is_within(self) -> bool:
        """Whether the limit allows the request."""
        return self.used <= self.limit

    @property
    def wait_seconds(self) -> int:
        """The number of seconds until the next window, at least 1."""
        return max(math.ceil(self.resets_at - time.time()), 1)

    def require_within(self) -> None:
        """Raise TooManyAttempts if the request is beyond the limit."""
        if not self.is_within:
            raise TooManyAttempts(self.wait_seconds)

    def take_back(self) -> None:
        """Count the request no longer."""
        counts.take_back(self.key)

    @property
    def headers(self) -> dict[str, str]:
        """The response headers, as in Rocket.Chat; the reset is in milliseconds since 1970."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "X-RateLimit-Reset": str(self.resets_at * 1000),
        }


def count_use(rate_setting: str, caller: str, *, exactly: bool = True) -> Usage | None:
    """Count a request of a caller under the rate in a setting, and return the use; None if there is no limit.

    What need not be counted `exactly` is counted by each process, and added to the counters of all from time to time.
    """
    rate = parse_rate(setting(rate_setting))
    if rate is None:
        return None
    window = int(time.time()) // rate.seconds
    key = cache_key(rate_setting, caller, str(rate.seconds), str(window))
    used = counts.add(key, rate.limit, 2 * rate.seconds, exactly=exactly)
    return Usage(rate.limit, used, (window + 1) * rate.seconds, key)


def require_refresh(user_id: object) -> None:
    """Count the request of a signed-in user for a new snapshot. Errors: TooManyAttempts beyond `THROTTLE_REFRESH`."""
    if usage := count_use(REFRESHES, f"user\0{user_id}"):
        usage.require_within()
