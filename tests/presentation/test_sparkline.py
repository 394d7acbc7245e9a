"""Sparklines: they extend from the minimum to the maximum, and have the change since the first known value."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from statistics_app.history.moments import State
from statistics_app.history.points import Point
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Counting
from statistics_app.presentation.sparkline import sparkline, sparklines
from tests.history.conftest import Store, at, store

from .points import any_points, hours, measured, rebuilt
from .thorough import thorough

__all__ = ["store"]  # a fixture


def heights(d: str) -> list[float]:
    """Return the vertical coordinates of a path."""
    return [float(y) for y in re.findall(r"[ML]\S+ ([-\d.]+)", d)]


@thorough
@given(any_points())
def test_the_change_is_from_the_first_known_value_to_the_last(points: list[Point]) -> None:
    bounds = hours(len(points) + 1)
    line = sparkline(points, bounds)
    known = [i for i, point in enumerate(points) if point.value is not None]
    if len(known) < 2:
        assert (line.change, line.since) == (None, None)
    else:
        first, last = points[known[0]].value, points[known[-1]].value
        assert line.since == bounds[known[0] + 1]
        assert (line.change, first is None, last is None) == ((last or 0) - (first or 0), False, False)


@thorough
@given(any_points(least=1))
def test_the_minimum_is_at_the_bottom_and_the_maximum_at_the_top(points: list[Point]) -> None:
    line = sparkline(points, hours(len(points) + 1))
    found = heights(line.paths.line) + heights(line.paths.dots)
    values = {point.value for point in points if point.value is not None}
    if len(values) > 1:
        assert (min(found), max(found)) == (0, 1000)
    else:
        assert set(found) <= {500}


@pytest.mark.parametrize("value", [0.0, 7.0, -7.0, 1e15, 1e17, -1e30])
def test_a_constant_line_is_in_the_middle(value: float) -> None:
    line = sparkline(measured(value, value, value), hours(4))
    assert line.paths.line == "M0 500L500 500L1000 500"
    assert line.change == 0
    assert line.since == hours(4)[1]


def test_a_single_value_is_a_dot_without_a_change() -> None:
    line = sparkline(measured(None, 7, None), hours(4))
    assert line.paths.dots == "M500 500L500 500"
    assert (line.change, line.since) == (None, None)


def test_without_known_values_the_line_is_empty() -> None:
    for points in ([], measured(None, None)):
        line = sparkline(points, hours(len(points) + 1))
        assert (line.paths.line, line.paths.dots, line.change, line.since) == ("", "", None, None)


def test_rebuilt_values_count_for_the_change() -> None:
    line = sparkline([*rebuilt(None, 3), *measured(5, 4)], hours(5))
    assert (line.change, line.since) == (1, hours(5)[2])


@pytest.mark.django_db
@pytest.mark.parametrize("is_reported", [False, True])
def test_between_our_numbers_and_those_of_another_server_there_is_no_change(store: Store, is_reported: bool) -> None:
    first, latest = (store(at(2026, 3, day), totalMessages=day) for day in (2, 4))
    if is_reported:
        Snapshot.objects.filter(pk=first.pk).update(counting=Counting.REPORTED)
    line = sparklines(["totalMessages"], State.of(latest), timedelta(days=2), ZoneInfo("UTC"))["totalMessages"]
    assert (line.change, line.since) == ((None, None) if is_reported else (2, first.created_at))
