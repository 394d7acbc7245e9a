"""How long a run goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .board import Board
from .reader import READS


@dataclass(frozen=True)
class Goals:
    """A run goes on for so many seconds and until so much was read, done and killed, but no longer than `limit` seconds."""

    seconds: float
    reads: int
    commits: int
    kills: int
    limit: float

    def part(self, share: float) -> "Goals":
        """Return the goals of a part that begins with the whole."""
        counts = (int(number * share) for number in (self.reads, self.commits, self.kills))
        return Goals(self.seconds * share, *counts, self.limit * share)

    def missing(self, board: Board, kinds: Iterable[str], killed: Mapping[str, int]) -> list[str]:
        """Name what was not done often enough."""
        wanted = [(kind, board.total(kind), self.commits) for kind in kinds]
        wanted += [(kind, number, self.kills) for kind, number in killed.items()]
        wanted.append(("reads", sum(board.total(name) for name in READS), self.reads))
        return [f"{what}: {number} of {enough}" for what, number, enough in wanted if number < enough]
