"""The actions of writers with their weights, and the kinds of transactions that are counted separately."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random

from . import disruptive_actions, message_actions, room_actions, user_actions
from .context import Context
from .counters import Counters

Action = Callable[[Context], int]

SAVEPOINT = "savepoint rolled back"
MULTIPLE = "several actions"
BOUNDARIES = "begin, commit"
TRANSACTION_KINDS = (SAVEPOINT, MULTIPLE)
LEVELS = {"READ COMMITTED": 6, "REPEATABLE READ": 2, "SERIALIZABLE": 2}

_WEIGHTS = {**message_actions.WEIGHTS, **room_actions.WEIGHTS, **user_actions.WEIGHTS}
_POSTGRESQL_WEIGHTS = {**_WEIGHTS, **message_actions.POSTGRESQL_WEIGHTS, **disruptive_actions.POSTGRESQL_WEIGHTS}


@dataclass(frozen=True)
class Actions:
    """The actions that a database supports, with their weights."""

    weights: Mapping[Action, float]

    @classmethod
    def of(cls, vendor: str, favoured: Iterable[str] = ()) -> "Actions":
        """Return the actions for a database. The favoured ones get 30 times their usual weight.

        Errors: ValueError when a favoured action does not exist.
        """
        weights = _POSTGRESQL_WEIGHTS if vendor == "postgresql" else _WEIGHTS
        names = set(favoured)
        if unknown := names - {action.__name__ for action in weights}:
            raise ValueError(f"Unknown actions: {unknown}.")
        return cls({action: weight * (30 if action.__name__ in names else 1) for action, weight in weights.items()})

    @property
    def names(self) -> list[str]:
        """The names of the actions."""
        return [action.__name__ for action in self.weights]

    def choose(self, rng: Random, counters: Counters) -> Action:
        """Choose an action by weight, but occasionally one of those committed least, so that all occur often enough."""
        actions = list(self.weights)
        if rng.random() < 0.03:
            return min(rng.sample(actions, 5), key=lambda action: counters.total(action.__name__))
        return rng.choices(actions, list(self.weights.values()))[0]
