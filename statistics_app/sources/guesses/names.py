"""How well a name fits: its words are compared with names that such things usually have."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_EXACT, _CONTAINED = 200, 100


def words(name: str) -> list[str]:
    """Return the words of a name in lower case: those of `ChatRoom` and `chat_room` are the same."""
    return [word.lower() for word in _WORD.findall(name)]


def fit(name: str, usual: Sequence[str]) -> int:
    """Return how well a name fits the usual ones, of which the first are the best; 0 if it does not."""
    found = words(name)
    for place, one in enumerate(usual):
        if found == one.split("_"):
            return _EXACT - place
    for place, one in enumerate(usual):
        if set(one.split("_")) <= set(found):
            return _CONTAINED - place
    return 0
