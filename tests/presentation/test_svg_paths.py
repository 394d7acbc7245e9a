"""SVG paths, parsed again: a segment between two known neighbours, a dot for an isolated point, nothing across a gap."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.history.points import Point
from statistics_app.presentation.scales import Scale, value_scale
from statistics_app.presentation.svg_paths import Paths, bars, centres, paths, positions

from .points import any_points, measured, rebuilt
from .thorough import thorough

Coordinates = tuple[float, float]
Segment = tuple[Coordinates, Coordinates]
TEN = Scale(0, 10, ())


def segments(d: str) -> list[Segment]:
    """Parse a path, and return the line segments that it draws."""
    assert re.fullmatch(r"(M[-\d.]+ [-\d.]+(L[-\d.]+ [-\d.]+)+)*", d), d
    drawn = []
    here: Coordinates = (0, 0)
    for letter, x, y in re.findall(r"([ML])([-\d.]+) ([-\d.]+)", d):
        there = (float(x), float(y))
        if letter == "L":
            drawn.append((here, there))
        here = there
    return drawn


def expected_segments(points: list[Point], x_positions: list[float], scale: Scale) -> tuple[list[Segment], list[Segment]]:
    """Compute the segments that must be drawn between known points, and the dots of those that have no neighbour."""
    coordinates = [
        None
        if point.value is None
        else (round(1000 * x_positions[i], 1), round(1000 - 1000 * (point.value - scale.low) / (scale.high - scale.low), 1))
        for i, point in enumerate(points)
    ]
    between = [(here, there) for here, there in pairwise(coordinates) if here and there]
    dots = [
        (here, here)
        for i, here in enumerate(coordinates)
        if here and not any(coordinates[j] for j in (i - 1, i + 1) if 0 <= j < len(coordinates))
    ]
    return sorted(between), sorted(dots)


def is_near(drawn: list[Segment], expected: list[Segment]) -> bool:
    """Return whether segments agree up to the rounding of coordinates."""
    flat = [
        [number for segment in segments_ for point in segment for number in point] for segments_ in (sorted(drawn), expected)
    ]
    return flat[0] == pytest.approx(flat[1], abs=0.11)


@thorough
@given(any_points(), st.booleans())
def test_the_drawn_segments_are_those_between_known_points(points: list[Point], from_zero: bool) -> None:
    x_positions = positions([float(i * i) for i in range(len(points))])
    scale = value_scale([point.value for point in points if point.value is not None], whole=False, from_zero=from_zero)
    drawn = paths(points, x_positions, scale)
    between, dots = expected_segments(points, x_positions, scale)
    assert is_near(segments(drawn.line), between)
    assert is_near(segments(drawn.dots), dots)


@thorough
@given(any_points())
def test_every_coordinate_is_within_the_square_and_lines_go_to_the_right(points: list[Point]) -> None:
    scale = value_scale([point.value for point in points if point.value is not None], whole=False, from_zero=False)
    drawn = paths(points, positions([float(i) for i in range(len(points))]), scale)
    for d in (drawn.line, drawn.dots):
        read = segments(d)
        assert all(0 <= number <= 1000 for segment in read for point in segment for number in point)
        assert all(start[0] < stop[0] or start == stop for start, stop in read)
        assert all(earlier[1][0] <= later[0][0] for earlier, later in pairwise(read))


def test_rebuilt_and_measured_points_are_one_solid_line() -> None:
    drawn = paths([*rebuilt(0, 5), *measured(10, 5)], positions([0, 1, 2, 3]), TEN)
    assert drawn == Paths("M0 1000L333.3 500L666.7 0L1000 500")


def test_an_unknown_point_leaves_a_gap() -> None:
    drawn = paths(measured(0, 10, None, 10, 0), positions([0, 1, 2, 3, 4]), TEN)
    assert drawn == Paths("M0 1000L250 0M750 0L1000 1000")


def test_an_isolated_point_is_a_dot() -> None:
    assert paths(measured(None, 5, None), positions([0, 1, 2]), TEN) == Paths("", "M500 500L500 500")
    assert paths(measured(5), positions([7]), TEN) == Paths("", "M500 500L500 500")
    assert paths(rebuilt(5, None, None), positions([0, 1, 2]), TEN) == Paths("", "M0 500L0 500")


def test_without_known_points_nothing_is_drawn() -> None:
    for points in ([], measured(None, None)):
        assert paths(points, positions([float(i) for i in range(len(points))]), TEN) == Paths("")


def test_columns_are_equally_wide() -> None:
    assert centres(1) == [0.5]
    assert centres(4) == [0.125, 0.375, 0.625, 0.875]


def test_bars_of_several_slots_stand_side_by_side_in_their_columns() -> None:
    left, right = (bars([0, 0], [10, 5], TEN, slot, 2) for slot in range(2))
    assert (left, right) == (
        "M40 1000V0h210V1000ZM540 1000V500h210V1000Z",
        "M250 1000V0h210V1000ZM750 1000V500h210V1000Z",
    )


@thorough
@given(st.lists(st.integers(-(10**10), 10**10), min_size=2, unique=True).map(sorted))
def test_positions_are_proportional_to_the_times(starts: list[float]) -> None:
    found = positions(starts)
    assert (found[0], found[-1]) == (0, 1)
    span = starts[-1] - starts[0]
    assert [position * span for position in found] == pytest.approx([start - starts[0] for start in starts])


def test_a_single_time_is_in_the_middle() -> None:
    assert positions([5]) == [0.5]
    assert positions([]) == []
