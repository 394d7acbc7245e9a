"""Many refreshes at the same moment."""

import statistics
import time
from dataclasses import dataclass

from .client import Load, request, run
from .monitors import STATISTICS, headers_of_a_member
from .servers import Server

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Burst:
    """The answers to a burst of refreshes, how many snapshots it took, and the seconds of one refresh alone."""

    load: Load
    snapshots: int
    alone: float

    @property
    def slowest_over_alone(self) -> float:
        """How much longer the slowest answer took than one refresh alone."""
        return max(self.load.seconds) / self.alone


def burst(server: Server, tokens: int) -> Burst:
    """Send refreshes at once, of several tokens in turn."""
    from statistics_app.models import Snapshot

    requests = [request(f"{STATISTICS}?refresh=true", headers_of_a_member()[0]) for _ in range(tokens)]
    alone = []
    single = request(f"{STATISTICS}?refresh=true", headers_of_a_member()[0])
    for _ in range(7):
        alone += run(server.port, [single], 1, each=1).require(200).seconds
        time.sleep(0.1)
    before = Snapshot.objects.count()
    load = run(server.port, requests, AT_ONCE, each=1).require(200, 429)
    return Burst(load, Snapshot.objects.count() - before, statistics.median(alone))
