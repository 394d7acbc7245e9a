"""The goals of a run, which determine when it ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .breaker import BREAKS
from .counters import Counters
from .reader import READS


@dataclass(frozen=True)
class Goals:
    """The minimum time and numbers of reads, commits, kills and breaks of a run, and its maximum time, `limit`, in seconds."""

    seconds: float
    reads: int
    commits: int
    kills: int
    breaks: int
    limit: float

    def scaled(self, fraction: float) -> "Goals":
        """Return the goals for the first part of a run, which is a fraction of it."""
        counts = (int(number * fraction) for number in (self.reads, self.commits, self.kills, self.breaks))
        return Goals(self.seconds * fraction, *counts, self.limit * fraction)

    def missing(self, counters: Counters, kinds: Iterable[str], killed: Mapping[str, int]) -> list[str]:
        """Return a description of each goal that is not reached yet."""
        goals = [(kind, counters.total(kind), self.commits) for kind in kinds]
        goals += [(kind, number, self.kills) for kind, number in killed.items()]
        goals += [(kind, counters.total(kind), self.breaks) for kind in BREAKS]
        goals.append(("reads", sum(counters.total(name) for name in READS), self.reads))
        return [f"{name}: {number} of {goal}" for name, number, goal in goals if number < goal]
