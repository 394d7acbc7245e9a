"""Detection of the end of a burst of requests, so that all of them can share one snapshot."""

import time
from dataclasses import dataclass

QUIET_SECONDS = 0.05
MAX_WAIT_SECONDS = 1.0


@dataclass
class Coalescer:
    """The time of the last request in this process; shared by its threads."""

    last_arrival: float = 0.0

    def arrive(self) -> float:
        """Record that a request has arrived, and return the time."""
        self.last_arrival = time.monotonic()
        return self.last_arrival

    def wait_until_quiet(self) -> None:
        """Wait until no request has arrived for `QUIET_SECONDS`, at most `MAX_WAIT_SECONDS`.

        A server needs this time to read all requests of a burst; one that is read too late needs another snapshot.
        """
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while (quiet_from := self.last_arrival + QUIET_SECONDS) > time.monotonic() < deadline:
            time.sleep(max(0.0, min(quiet_from, deadline) - time.monotonic()))
