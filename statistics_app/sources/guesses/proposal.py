"""What is proposed for a table: for each of its meanings a declaration, and other columns that may be it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Model

from .fields import Ranked


@dataclass(frozen=True, slots=True)
class Guess:
    """A declaration as Python, None if there is none; `others` may be it as well, `example` shows how one is written."""

    meaning: str
    code: str | None
    others: tuple[str, ...] = ()
    example: str = ""
    note: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class TableGuess:
    """A table of the source: its model, None if there is none, with guesses for its meanings, and models that may be it."""

    attribute: str
    declaration: str
    what: str
    model: type[Model] | None
    guesses: Sequence[Guess] = ()
    others: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether there is a model and all that its declaration requires."""
        return self.model is not None and all(guess.code is not None for guess in self.guesses if guess.required)


def column(meaning: str, found: Ranked, *, required: bool = False, note: str = "") -> Guess:
    """Return a guess of a column."""
    code = None if found.best is None else repr_text(found.best)
    return Guess(meaning, code, found.others, example='"…"', note=note, required=required)


def condition(meaning: str, lookups: Sequence[str], others: Sequence[str] = (), example: str = "Q(…)") -> Guess:
    """Return a guess of a condition that all of some lookups make."""
    return Guess(meaning, f"Q({', '.join(lookups)})" if lookups else None, tuple(others), example)


def mapping(meaning: str, conditions: Sequence[tuple[str, str]], others: Sequence[str] = (), note: str = "") -> Guess:
    """Return a guess of conditions by key."""
    inner = "".join(f"\n            {key}: {code}," for key, code in conditions)
    return Guess(meaning, f"{{{inner}\n        }}" if conditions else None, tuple(others), "{…: Q(…)}", note)


def repr_text(text: str) -> str:
    """Write a text as Python, in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(value: object) -> str:
    """Write a value of a column as Python."""
    return repr_text(value) if isinstance(value, str) else repr(value)
