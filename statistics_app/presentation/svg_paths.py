"""Series as SVG paths, in a square of 1000 by 1000 that the page stretches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..history.points import Point
from .scales import Scale

SIDE = 1000
# The gap between bars, as a share of their distance, and how many bars have one.
_GAP = 0.16
_MAX_WITH_GAPS = 200
_COMMAND = re.compile(r"([MLVhZ])([\d.-]*)(?: ([\d.-]+))?")


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of one line: what connects its points, and dots for those without a known neighbour; gaps stay empty."""

    line: str
    dots: str = ""


def paths(points: Sequence[Point], x_positions: Sequence[float], scale: Scale) -> Paths:
    """Return the paths of some points; `x_positions` are their horizontal positions, from 0 to 1.

    A dot is a path of length 0, which round line caps render.
    """
    runs: list[list[str]] = [[]]
    for x, point in zip(x_positions, points, strict=True):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(_coordinates(x, scale.position(point.value)))
    line = "".join(f"M{'L'.join(run)}" for run in runs if len(run) > 1)
    return Paths(line, "".join(f"M{run[0]}L{run[0]}" for run in runs if len(run) == 1))


def range_path(points: Sequence[Point], x_positions: Sequence[float], scale: Scale) -> str:
    """Return the path around the least and greatest values of points that follow each other; empty if they never differ."""
    runs: list[list[int]] = [[]]
    for i, point in enumerate(points):
        if point.least is None or point.greatest is None:
            runs.append([])
        else:
            runs[-1].append(i)
    return "".join(_outline(points, run, x_positions, scale) for run in runs if _has_range(points, run))


def _has_range(points: Sequence[Point], run: Sequence[int]) -> bool:
    return len(run) > 1 and any(points[i].least != points[i].greatest for i in run)


def _outline(points: Sequence[Point], run: Sequence[int], x_positions: Sequence[float], scale: Scale) -> str:
    upper = [_coordinates(x_positions[i], scale.position(points[i].greatest or 0)) for i in run]
    lower = [_coordinates(x_positions[i], scale.position(points[i].least or 0)) for i in reversed(run)]
    return f"M{'L'.join(upper + lower)}Z"


def bars(bottoms: Sequence[float], tops: Sequence[float], scale: Scale, slot: int = 0, slots: int = 1) -> str:
    """Return the path of a bar for each step, all equally wide, from one value to another; none where these are equal.

    A step is divided into `slots`, for bars side by side; these are in the one numbered `slot`.
    """
    column = SIDE / len(tops)
    # Between many bars, a gap would be narrower than the screen can show.
    gap = column * _GAP if len(tops) * slots <= _MAX_WITH_GAPS else 0.0
    width = (column - gap) / slots
    return "".join(
        f"M{_coordinates((i * column + gap / 2 + slot * width) / SIDE, scale.position(bottom))}"
        f"V{_short((1 - scale.position(top)) * SIDE)}h{_short(width)}V{_short((1 - scale.position(bottom)) * SIDE)}Z"
        for i, (bottom, top) in enumerate(zip(bottoms, tops, strict=True))
        if bottom != top
    )


def stretched(path: str, width: float, height: float) -> str:
    """Return a path of this module in a rectangle of a width and height instead of the square, for what cannot stretch it."""
    x, y = width / SIDE, height / SIDE
    scales = {"M": (x, y), "L": (x, y), "V": (y, 0), "h": (x, 0), "Z": (0, 0)}
    return "".join(
        name + " ".join(_short(float(number) * scale) for number, scale in zip(numbers, scales[name], strict=True) if number)
        for name, *numbers in _COMMAND.findall(path)
    )


def centres(number: int) -> list[float]:
    """Return the horizontal positions of the middles of equally wide columns, from 0 to 1."""
    return [(i + 0.5) / number for i in range(number)]


def positions(starts: Sequence[float]) -> list[float]:
    """Return the horizontal positions of times: the first is 0, the last 1; a single time is 0.5."""
    span = starts[-1] - starts[0] if starts else 0
    return [(start - starts[0]) / span if span else 0.5 for start in starts]


def _coordinates(x: float, height: float) -> str:
    return f"{_short(x * SIDE)} {_short((1 - height) * SIDE)}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
