"""Attempts to log in: after some that failed each next one has to wait, longer and longer, and never for good.

Counted by the name that was given, whether an account bears it or not, so that waiting tells nothing. An address from
which the name has logged in before is counted apart: who attacks a name from elsewhere does not keep its owner out.
"""

import logging
import math
import time
from dataclasses import dataclass

from ..exceptions import TooManyAttempts
from . import throttle_counters

logger = logging.getLogger(__name__)

FREE = 5
LONGEST_WAIT_SECONDS = 300
FORGOTTEN_SECONDS = 24 * 3600
KNOWN_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, counted as failed until it succeeds."""

    failures: str
    turn: str
    known: str

    def succeeded(self) -> None:
        """Forget the failures, and know the address from now on."""
        throttle_counters.delete(self.failures, self.turn)
        throttle_counters.set_flag(self.known, KNOWN_SECONDS)


def begin_attempt(name: str, address: str) -> Attempt:
    """Count an attempt; errors: TooManyAttempts, while its turn has not come."""
    attempt = _attempt(name.casefold(), address)
    failures = throttle_counters.increment(attempt.failures, FORGOTTEN_SECONDS)
    if failures > FREE and (seconds := _wait_for_turn(attempt.turn, wait_seconds(failures - 1))):
        throttle_counters.decrement(attempt.failures)
        logger.warning("Attempts to log in as %r have to wait; one from %s came too early.", name[:100], address)
        raise TooManyAttempts(seconds)
    return attempt


def wait_seconds(failures: int) -> int:
    """Say how many seconds lie between two attempts after so many have failed."""
    return min(2 ** min(max(failures - FREE, 0), 30), LONGEST_WAIT_SECONDS)


def _attempt(name: str, address: str) -> Attempt:
    known = throttle_counters.cache_key("known", name, address)
    counted = (name, address) if throttle_counters.has_flag(known) else (name,)
    return Attempt(throttle_counters.cache_key("failures", *counted), throttle_counters.cache_key("turn", *counted), known)


def _wait_for_turn(turn: str, seconds: int) -> int:
    """Take the turn and return 0, or return how many seconds it is away; whoever comes first has it."""
    now = time.time()
    taken_until = throttle_counters.claim(turn, now + seconds, seconds)
    return 0 if taken_until is None else max(math.ceil(taken_until - now), 1)
