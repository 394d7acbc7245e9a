"""All kinds of deeds with how often each is chosen, and what a transaction makes of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from . import on_everything, on_messages, on_people, on_rooms
from .board import Board
from .hand import Hand

Deed = Callable[[Hand], int]

SAVEPOINT = "savepoint undone"
SEVERAL = "several in one"
EDGES = "begin, commit"
SHAPES = (SAVEPOINT, SEVERAL)
LEVELS = {"READ COMMITTED": 6, "REPEATABLE READ": 2, "SERIALIZABLE": 2}

_EVERYWHERE = {**on_messages.EVERYWHERE, **on_rooms.EVERYWHERE, **on_people.EVERYWHERE}
_ON_POSTGRESQL = {**_EVERYWHERE, **on_messages.ON_POSTGRESQL, **on_everything.ON_POSTGRESQL}


@dataclass(frozen=True)
class Deeds:
    """The kinds that a database knows; those that are favoured come more often."""

    weights: Mapping[Deed, float]

    @classmethod
    def of(cls, vendor: str, favoured: Iterable[str] = ()) -> "Deeds":
        """Choose for a database."""
        weights = _ON_POSTGRESQL if vendor == "postgresql" else _EVERYWHERE
        more = set(favoured)
        if unknown := more - {deed.__name__ for deed in weights}:
            raise ValueError(f"No such deeds: {unknown}.")
        return cls({deed: weight * (30 if deed.__name__ in more else 1) for deed, weight in weights.items()})

    @property
    def names(self) -> list[str]:
        """Name the kinds."""
        return [deed.__name__ for deed in self.weights]

    def choose(self, chance: Random, board: Board) -> Deed:
        """Choose one, now and then one of those that were done least, so that no kind stays behind."""
        deeds = list(self.weights)
        if chance.random() < 0.03:
            return min(chance.sample(deeds, 5), key=lambda deed: board.total(deed.__name__))
        return chance.choices(deeds, list(self.weights.values()))[0]
