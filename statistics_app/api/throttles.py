"""Throttles: limits on the number of requests per second, minute or hour, with counters in the cache."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ..accounts.usage import REFRESHES, count_use
from ..http.client_address import client_address
from .login_credentials import LoginCredentials


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
        self.usage = count_use(self.rate_setting, self.identity(request), exactly=not self.is_cheap)
        if self.usage is None:
            return True
        request.usage = self.usage  # type: ignore[attr-defined] # for ApiView.finalize_response
        return self.usage.is_within

    def wait(self) -> float:
        """Return the number of seconds until the next window, at least 1."""
        return self.usage.wait_seconds if self.usage else 1


class ReadThrottle(CountedThrottle):
    """The limit on all requests of a token other than refreshes."""

    rate_setting = "THROTTLE_READ"
    is_cheap = True


class RefreshThrottle(CountedThrottle):
    """The limit on a token's requests for a new snapshot."""

    rate_setting = REFRESHES


class LoginThrottle(CountedThrottle):
    """The limit on login attempts per account and address; a malformed body is not counted."""

    rate_setting = "THROTTLE_LOGIN"

    def identity(self, request: Request) -> str:
        """Return the account that the body names, together with the client's address."""
        return f"{LoginCredentials.of(request).account}\0{client_address(request._request)}"

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count POST requests only."""
        return request.method != "POST" or super().allow_request(request, view)
