"""Find ids that occur several times among so many that they do not fit into memory."""

from array import array
from collections.abc import Iterable
from itertools import pairwise


def number_of(id_: str) -> int:
    """Return 64 bits of an id that `make_stable_id` made."""
    return int(id_[:16], 16)


def find_repeated(numbers: Iterable[int]) -> frozenset[int]:
    """Return those of many 64-bit numbers that occur more than once, in little more than 8 bytes of memory for each."""
    parts = [array("Q") for _ in range(256)]
    for number in numbers:
        parts[number >> 56].append(number)
    return frozenset(one for part in parts for one, following in pairwise(sorted(part)) if one == following)
