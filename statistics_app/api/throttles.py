"""Throttles: limits on the number of requests per second, minute or hour, with counters in the cache."""

import math
import time
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ..accounts.batched_counts import BatchedCounts
from ..accounts.throttle_counters import cache_key
from ..conf import parse_rate, setting
from ..http.client_address import client_address
from .login_credentials import LoginCredentials


@dataclass(frozen=True, slots=True)
class Usage:
    """The use of a limit in the current window, which ends at `resets_at`, in seconds since 1970."""

    limit: int
    used: int
    resets_at: int

    @property
    def headers(self) -> dict[str, str]:
        """The response headers, as in Rocket.Chat; the reset is in milliseconds since 1970."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "X-RateLimit-Reset": str(self.resets_at * 1000),
        }


counts = BatchedCounts()


class CountedThrottle(BaseThrottle):
    """A throttle whose rate is a setting; it counts requests per identity in fixed windows of the clock.

    The count is stored on the request as `usage`, from which the view adds the rate limit headers.
    """

    rate_setting = ""
    # What is cheap is counted by each process, and added to the counters of all from time to time.
    is_cheap = False

    def identity(self, request: Request) -> str:
        """Return the key of the requests that are counted together; by default the token's."""
        return str(request.auth.pk)

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request, and return whether it is within the rate."""
        rate = parse_rate(setting(self.rate_setting))
        if rate is None:
            return True
        window = int(time.time()) // rate.seconds
        key = cache_key(self.rate_setting, self.identity(request), str(rate.seconds), str(window))
        used = counts.add(key, rate.limit, 2 * rate.seconds, exactly=not self.is_cheap)
        self.usage = Usage(rate.limit, used, (window + 1) * rate.seconds)
        request.usage = self.usage  # type: ignore[attr-defined] # for ApiView.finalize_response
        return used <= rate.limit

    def wait(self) -> float:
        """Return the number of seconds until the next window, at least 1."""
        return max(math.ceil(self.usage.resets_at - time.time()), 1)


class ReadThrottle(CountedThrottle):
    """The limit on all requests of a token other than refreshes."""

    rate_setting = "THROTTLE_READ"
    is_cheap = True


class RefreshThrottle(CountedThrottle):
    """The limit on a token's requests for a new snapshot."""

    rate_setting = "THROTTLE_REFRESH"


class LoginThrottle(CountedThrottle):
    """The limit on login attempts per account and address; a malformed body is not counted."""

    rate_setting = "THROTTLE_LOGIN"

    def identity(self, request: Request) -> str:
        """Return the account that the body names, together with the client's address."""
        return f"{LoginCredentials.of(request).account}\0{client_address(request._request)}"

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count POST requests only."""
        return request.method != "POST" or super().allow_request(request, view)
