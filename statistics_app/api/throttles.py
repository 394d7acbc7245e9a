"""How often one may ask: counted in the cache, in windows that begin with the second, minute or hour."""

import math
import time
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ..accounts import throttle_counters
from ..conf import parse_rate, setting
from ..http.client_address import client_address
from .login_credentials import LoginCredentials


@dataclass(frozen=True, slots=True)
class Usage:
    """What is left of a window; `resets_at` is in seconds since 1970."""

    limit: int
    used: int
    resets_at: int

    @property
    def headers(self) -> dict[str, str]:
        """Say it as Rocket.Chat does; the reset is in milliseconds."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "X-RateLimit-Reset": str(self.resets_at * 1000),
        }


class CountedThrottle(BaseThrottle):
    """Counts the requests of one identity by the rate in one setting, and leaves the count on the request."""

    rate_setting = ""

    def identity(self, request: Request) -> str:
        """Name whose requests are counted together: the token's."""
        return str(request.auth.pk)

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count, and say whether it was within the rate."""
        rate = parse_rate(setting(self.rate_setting))
        if rate is None:
            return True
        window = int(time.time()) // rate.seconds
        key = throttle_counters.cache_key(self.rate_setting, self.identity(request), str(rate.seconds), str(window))
        used = throttle_counters.increment(key, 2 * rate.seconds)
        self.usage = Usage(rate.limit, used, (window + 1) * rate.seconds)
        request.usage = self.usage  # type: ignore[attr-defined] # the view's answer tells it
        return used <= rate.limit

    def wait(self) -> float:
        """Say how many seconds it is to the next window."""
        return max(math.ceil(self.usage.resets_at - time.time()), 1)


class ReadThrottle(CountedThrottle):
    """Whatever a token asks for."""

    rate_setting = "THROTTLE_READ"


class RefreshThrottle(CountedThrottle):
    """New snapshots."""

    rate_setting = "THROTTLE_REFRESH"


class LoginThrottle(CountedThrottle):
    """Attempts to log in, by the name given and the address; a body that names nobody is no attempt."""

    rate_setting = "THROTTLE_LOGIN"

    def identity(self, request: Request) -> str:
        """Name who tries from where."""
        return f"{LoginCredentials.of(request).who}\0{client_address(request._request)}"

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count what is an attempt."""
        return request.method != "POST" or super().allow_request(request, view)
