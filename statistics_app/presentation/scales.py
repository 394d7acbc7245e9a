"""Value scales: the range of a chart's value axis, and the round numbers at which it has ticks."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

# The steps between ticks are these numbers times a power of 10.
_ROUND_STEPS = (1, 2, 2.5, 5, 10)
_WANTED_TICKS = 4
# With positive values, the axis starts at 0 unless all of them are at least this share of the maximum.
_MIN_SHARE_WITHOUT_ZERO = 0.5
# Values whose relative difference is smaller are treated as equal: there would be no floats left for ticks between them.
_RELATIVE_PRECISION = 1e-14


@dataclass(frozen=True, slots=True)
class Scale:
    """The range from `low` to `high`, with ticks; their distance is a round multiple of `unit`."""

    low: float
    high: float
    ticks: tuple[float, ...]
    unit: float = 1.0

    def padded(self, share: float) -> "Scale":
        """Return the scale widened at both ends by a share of its height, so that a line at an end is not cut off."""
        padding = (self.high - self.low) * share
        return Scale(self.low - padding, self.high + padding, self.ticks, self.unit)

    @property
    def is_broken(self) -> bool:
        """Whether the axis does not begin at 0, so that heights cannot be compared."""
        return self.ticks[0] > 0 or self.ticks[-1] < 0

    def position(self, value: float) -> float:
        """Return the relative height of a value: 0 at `low`, 1 at `high`."""
        return (value - self.low) / (self.high - self.low)


def value_scale(values: Iterable[float], *, whole: bool, from_zero: bool, unit: float = 1.0, least_span: float = 0.0) -> Scale:
    """Return a scale that includes all values and ends at round multiples of `unit`; without values, from 0 to 1.

    `whole` restricts the ticks to whole numbers, `from_zero` includes 0. The scale spans at least the share `least_span` of the
    greatest value, so that a small difference looks small.
    """
    known = list(values)
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if from_zero or 0 <= low < high * _MIN_SHARE_WITHOUT_ZERO:
        low, high = min(low, 0.0), max(high, 0.0)
    low, high = _widened(low, high, unit, least_span)
    step = _step((high - low) / _WANTED_TICKS, whole=whole, unit=unit)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    # Rounding removes floating-point errors: 3 * 0.1 is not 0.3.
    places = 2 - math.floor(math.log10(step / unit))
    ticks = tuple(round(number * step / unit, places) * unit for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks, unit)


def _widened(low: float, high: float, unit: float, least_span: float) -> tuple[float, float]:
    """Return the range unchanged if it is wide enough, otherwise widened on both sides, but not across 0."""
    greatest = max(1.0, abs(low), abs(high))
    precision = greatest * _RELATIVE_PRECISION
    lacking = max(abs(low), abs(high)) * least_span - (high - low)
    if high - low > precision and lacking <= 0:
        return low, high
    margin = max(unit, precision * 10, lacking / 2) if high - low <= precision else lacking / 2
    if not low:
        return 0.0, max(high, unit)
    return (max(low - margin, 0.0) if low > 0 and lacking > 0 else low - margin), high + margin


def _step(at_least: float, *, whole: bool, unit: float) -> float:
    """Return the smallest round multiple of a unit that is at least a given distance between ticks."""
    wanted = at_least / unit
    magnitude = 10 ** math.floor(math.log10(wanted))
    step = unit * next(factor * magnitude for factor in _ROUND_STEPS if factor * magnitude >= wanted * (1 - 1e-9))
    return float(max(1, math.ceil(step))) if whole and unit == 1 else step
