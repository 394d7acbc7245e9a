"""Scales of values: from where to where a chart goes, and at which round numbers its lines stand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_ROUND = (1, 2, 2.5, 5, 10)
_WANTED_TICKS = 4
# A line that keeps above this share of its greatest value is shown without the nothing below it.
_NEAR = 0.5
# What differs by less than this share is one value: there would be no numbers left for ticks between.
_SAME = 1e-14


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`, with ticks between; their distance is a round number of `unit`."""

    low: float
    high: float
    ticks: tuple[float, ...]
    unit: float = 1.0

    def with_room(self, share: float) -> "Scale":
        """Widen it at both ends by a share of its height, so that a line at an end is drawn whole."""
        room = (self.high - self.low) * share
        return Scale(self.low - room, self.high + room, self.ticks)

    def place(self, value: float) -> float:
        """Say how far up a value stands, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def value_scale(values: Iterable[float], *, whole: bool, from_zero: bool, unit: float = 1.0) -> Scale:
    """Choose a scale that holds all values and ends at round numbers of a unit; `whole` where there is nothing between 1 and 2.

    With nothing to hold it goes from 0 to 1.
    """
    known = list(values)
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if from_zero or 0 <= low < high * _NEAR:
        low, high = min(low, 0.0), max(high, 0.0)
    low, high = _apart(low, high, unit)
    step = _step((high - low) / _WANTED_TICKS, whole=whole, unit=unit)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    # Without this three times 0.1 would not be 0.3.
    places = 2 - math.floor(math.log10(step / unit))
    ticks = tuple(round(number * step / unit, places) * unit for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks, unit)


def _apart(low: float, high: float, unit: float) -> tuple[float, float]:
    """Make room around what is one value."""
    greatest = max(1.0, abs(low), abs(high))
    if high - low > greatest * _SAME:
        return low, high
    margin = max(unit, greatest * _SAME * 10)
    return (low - margin, high + margin) if low else (0.0, unit)


def _step(at_least: float, *, whole: bool, unit: float) -> float:
    """Round a distance between ticks up to a round number of a unit."""
    wanted = at_least / unit
    magnitude = 10 ** math.floor(math.log10(wanted))
    step = unit * next(round_ * magnitude for round_ in _ROUND if round_ * magnitude >= wanted * (1 - 1e-9))
    return float(max(1, math.ceil(step))) if whole and unit == 1 else step
