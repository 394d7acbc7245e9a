"""The lockout for login attempts: after several failures each attempt has to wait, longer each time, but never forever.

Attempts are counted by the submitted name, whether an account has it or not, so that having to wait reveals nothing. An
address from which the name has logged in before is counted separately, so attacking a name from elsewhere does not lock
out its owner. Attempts with ever new names from one address are limited as well: each costs a thread and a password hash.
"""

import logging
import math
import time
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from ..exceptions import TooManyAttempts
from . import throttle_counters
from .usage import Usage, count_use

logger = logging.getLogger(__name__)

FREE_ATTEMPTS = 5
MAX_WAIT_SECONDS = 300
FAILURES_KEPT_SECONDS = 24 * 3600
ADDRESS_KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Attempt:
    """The cache keys of one attempt, and its count for the address; it counts as failed until it succeeds."""

    failures_key: str
    turn_key: str
    known_key: str
    of_address: Usage | None

    def record_success(self) -> None:
        """Reset the failures, and remember that the name has logged in from this address."""
        if self.of_address:
            self.of_address.take_back()
        throttle_counters.delete(self.failures_key, self.turn_key)
        throttle_counters.set_flag(self.known_key, ADDRESS_KEPT_SECONDS)


def begin_attempt(name: str, address: str) -> Attempt:
    """Count an attempt to log in. Errors: TooManyAttempts while the next attempt is not allowed yet."""
    attempt = _attempt(name.casefold(), address, _count_address(address))
    failures = throttle_counters.increment(attempt.failures_key, FAILURES_KEPT_SECONDS)
    if failures > FREE_ATTEMPTS and (seconds := _claim_turn(attempt.turn_key, wait_seconds(failures - 1))):
        throttle_counters.decrement(attempt.failures_key)
        # Both are what the client says, where a proxy passes on anything.
        logger.warning("Too many failed logins as %r: an attempt from %r was rejected.", name[:100], address[:100])
        raise TooManyAttempts(seconds)
    return attempt


def wait_seconds(failures: int) -> int:
    """Return how many seconds have to pass between two attempts after a number of failures."""
    return min(2 ** min(max(failures - FREE_ATTEMPTS, 0), 30), MAX_WAIT_SECONDS)


def _count_address(address: str) -> Usage | None:
    """Count an attempt from an address; return None without a limit. Errors: TooManyAttempts beyond it."""
    usage = count_use("THROTTLE_LOGIN_ADDRESS", _network(address))
    if usage:
        usage.require_within()
    return usage


def _network(address: str) -> str:
    """Return what one client can choose its addresses from: of IPv6, the /64 network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 and not parsed.ipv4_mapped else address


def _attempt(name: str, address: str, of_address: Usage | None) -> Attempt:
    known_key = throttle_counters.cache_key("known", name, address)
    scope = (name, address) if throttle_counters.has_flag(known_key) else (name,)
    failures_key, turn_key = (throttle_counters.cache_key(kind, *scope) for kind in ("failures", "turn"))
    return Attempt(failures_key, turn_key, known_key, of_address)


def _claim_turn(turn_key: str, seconds: int) -> int:
    """Claim the turn and return 0, or return how many seconds remain until it is free; the first caller gets it."""
    now = time.time()
    taken_until = throttle_counters.claim(turn_key, now + seconds, seconds)
    return 0 if taken_until is None else max(math.ceil(taken_until - now), 1)
