"""Series as SVG paths, in a square of 1000 by 1000 that the page stretches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..history.points import Point
from .scales import Scale

SIDE = 1000
# The gap between bars, as a share of their distance, and how many bars have one.
_GAP = 0.16
_MAX_WITH_GAPS = 200


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths of one line: its measured parts, and those that were rebuilt or reported; unknown points leave gaps."""

    measured: str
    rebuilt: str


def paths(points: Sequence[Point], x_positions: Sequence[float], scale: Scale) -> Paths:
    """Return the paths that connect some points; `x_positions` are their horizontal positions, from 0 to 1.

    A point without a known neighbour becomes a path of length 0, which round line caps render as a dot.
    """
    measured: list[tuple[str, str]] = []
    rebuilt: list[tuple[str, str]] = []
    for i, point in enumerate(points):
        if point.value is None:
            continue
        here = _coordinates(x_positions[i], scale.position(point.value))
        before = points[i - 1] if i else Point()
        if before.value is not None:
            dashed = before.is_second_hand or point.is_second_hand
            (rebuilt if dashed else measured).append((_coordinates(x_positions[i - 1], scale.position(before.value)), here))
        elif i + 1 == len(points) or points[i + 1].value is None:
            (rebuilt if point.is_second_hand else measured).append((here, here))
    return Paths(_path_data(measured), _path_data(rebuilt))


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


def bars(bottoms: Sequence[float], tops: Sequence[float], scale: Scale) -> str:
    """Return the path of a bar for each step, all equally wide, from one value to another; none where these are equal."""
    width = SIDE / len(tops)
    # Between many bars, a gap would be narrower than the screen can show.
    gap = width * _GAP if len(tops) <= _MAX_WITH_GAPS else 0.0
    return "".join(
        f"M{_coordinates((i * width + gap / 2) / SIDE, scale.position(bottom))}V{_short((1 - scale.position(top)) * SIDE)}"
        f"h{_short(width - gap)}V{_short((1 - scale.position(bottom)) * SIDE)}Z"
        for i, (bottom, top) in enumerate(zip(bottoms, tops, strict=True))
        if bottom != top
    )


def positions(starts: Sequence[float]) -> list[float]:
    """Return the horizontal positions of times: the first is 0, the last 1; a single time is 0.5."""
    span = starts[-1] - starts[0] if starts else 0
    return [(start - starts[0]) / span if span else 0.5 for start in starts]


def _coordinates(x: float, height: float) -> str:
    return f"{_short(x * SIDE)} {_short((1 - height) * SIDE)}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _path_data(segments: Sequence[tuple[str, str]]) -> str:
    return "".join(_path_commands(segments))


def _path_commands(segments: Sequence[tuple[str, str]]) -> Iterator[str]:
    end = ""
    for start, stop in segments:
        if start != end:
            yield f"M{start}"
        yield f"L{stop}"
        end = stop
