"""The names that people give to exports of collections: `messages.json`, `Rocketchat-Message.json`, `user.json`."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_PREFIX = "rocketchat_"
_ADDED = frozenset({"all", "backup", "copy", "dump", "export", "exported", "final", "full", "new", "old", "part"})
# Of a misspelled name, the share that must be right.
_LIKENESS = 0.8


def spell(name: str) -> str:
    """Return what all spellings of a collection's name have in common: no prefix, no plural, no capitals."""
    return re.sub(r"[\s-]+", "_", name.lower()).removeprefix(_PREFIX).removesuffix("s")


def find_similar(name: str, names: Iterable[str]) -> str | None:
    """Return which of several collections a misspelled or decorated name may stand for: `users (1)`, `mesages_2024`."""
    words = [word for word in re.split(r"[^a-z]+", name.lower()) if word and word not in _ADDED]
    by_spelling = {spell(known): known for known in names}
    found = get_close_matches(spell("_".join(words)), by_spelling, n=1, cutoff=_LIKENESS)
    return by_spelling[found[0]] if found else None
