"""Sharing of snapshots among the refreshes of a process that arrive at about the same time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from ..db.locks import WAIT_SECONDS
from ..kept import trust_seconds
from ..models import Snapshot

QUIET_SECONDS = 0.05
MAX_WAIT_SECONDS = 1.0
# As many refreshes under way are a crowd: the next one has most likely waited for a thread of the server already.
CROWD = 8
# Of the refreshes under way, so many may wait for as long as a lock can be waited for; more wait only briefly, so that a
# snapshot that takes long leaves the server threads for everything else.
PATIENT, BRIEF_SECONDS = 8, 5


@dataclass
class Coalescer:
    """How many refreshes are under way in this process, when the last one arrived, and the last snapshot that was taken here.

    Times are those of the monotonic clock. Shared by the threads.
    """

    last_arrival: float = 0.0
    under_way: int = 0
    begun_at: float = 0.0
    taken: Snapshot | None = None
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def counted(self) -> Iterator[float]:
        """Count a refresh as under way, and yield for how many seconds it may wait for its turn."""
        with self._lock:
            self.under_way += 1
            patience = WAIT_SECONDS if self.under_way <= PATIENT else BRIEF_SECONDS
        try:
            yield patience
        finally:
            with self._lock:
                self.under_way -= 1

    def arrive(self) -> float:
        """Record that a request has arrived, and return the time."""
        self.last_arrival = time.monotonic()
        return self.last_arrival

    def record(self, snapshot: Snapshot, begun_at: float) -> None:
        """Record that a snapshot was taken."""
        with self._lock:
            if begun_at > self.begun_at:
                self.begun_at, self.taken = begun_at, snapshot

    def begun_after(self, moment: float) -> Snapshot | None:
        """Return the last snapshot if it was begun after a time."""
        with self._lock:
            return self.taken if self.begun_at > moment else None

    def acceptable_since(self) -> float:
        """Return after which time a snapshot must be begun for a request that arrives now: in a crowd, `TRUST_SECONDS` ago.

        Of hundreds of requests at once, a server hands over as many as it has threads, and the app learns of the others only
        after these; each such group would need a snapshot of its own.
        """
        return time.monotonic() - (trust_seconds() if self.under_way > CROWD else 0)

    def wait_until_quiet(self) -> None:
        """Wait until no request has arrived for `QUIET_SECONDS`, at most `MAX_WAIT_SECONDS`.

        A server needs this time to read all requests of a burst; one that is read too late needs another snapshot.
        """
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while (quiet_from := self.last_arrival + QUIET_SECONDS) > time.monotonic() < deadline:
            time.sleep(max(0.0, min(quiet_from, deadline) - time.monotonic()))
