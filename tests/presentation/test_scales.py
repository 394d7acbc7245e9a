"""Scales: any values lie between the ends, and the ticks are few, round and evenly spaced."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.presentation.scales import Scale, value_scale

from .thorough import thorough

FINITE = st.floats(-1e300, 1e300, allow_nan=False) | st.floats(-1e3, 1e3) | st.integers(-(10**15), 10**15).map(float)
ANY = st.lists(FINITE, max_size=8) | st.builds(lambda one, more: [one, one + more], FINITE, st.floats(0, 10))
WHOLE = st.lists(st.integers(-(10**15), 10**15).map(float) | st.integers(-20, 20).map(float), max_size=8)


def holds(scale: Scale, values: list[float]) -> bool:
    """Return whether all values lie between the ends, within floating-point precision."""
    slack = 1e-6 * (scale.ticks[1] - scale.ticks[0])
    return all(scale.low - slack <= value <= scale.high + slack for value in values)


def is_even(scale: Scale) -> bool:
    """Return whether the ticks are evenly spaced, within floating-point precision."""
    wanted = (scale.high - scale.low) / (len(scale.ticks) - 1)
    slack = 1e-6 * wanted + 4 * math.ulp(max(abs(scale.low), abs(scale.high)))
    return all(abs((later - earlier) - wanted) <= slack for earlier, later in pairwise(scale.ticks))


@thorough
@given(ANY, st.booleans(), st.booleans())
def test_any_values_lie_between_the_ends_and_the_ticks_are_few_and_even(
    values: list[float], whole: bool, from_zero: bool
) -> None:
    scale = value_scale(values, whole=whole, from_zero=from_zero)
    assert scale.low < scale.high
    assert holds(scale, values)
    assert 2 <= len(scale.ticks) <= 8
    assert (scale.ticks[0], scale.ticks[-1]) == (scale.low, scale.high)
    assert is_even(scale)
    assert all(-1e-6 <= scale.position(value) <= 1 + 1e-6 for value in values)


@thorough
@given(WHOLE, st.booleans())
def test_a_scale_of_whole_numbers_has_only_whole_ticks(values: list[float], from_zero: bool) -> None:
    assert all(tick.is_integer() for tick in value_scale(values, whole=True, from_zero=from_zero).ticks)


@thorough
@given(ANY, st.booleans())
def test_a_scale_from_zero_includes_zero(values: list[float], whole: bool) -> None:
    scale = value_scale(values, whole=whole, from_zero=True)
    assert scale.low <= 0 <= scale.high
    assert 0 in scale.ticks


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([], (0, 1)),
        ([0], (0, 1)),
        ([5], (4, 5, 6)),
        ([-5], (-6, -5, -4)),
        ([0, 100], (0, 25, 50, 75, 100)),
        ([3, 97], (0, 25, 50, 75, 100)),
        ([999_990, 1_000_000], (999_990, 999_993, 999_996, 999_999, 1_000_002)),
        ([-40, 40], (-40, -20, 0, 20, 40)),
        ([1e15, 1e15 + 40], (1e15, 1e15 + 10, 1e15 + 20, 1e15 + 30, 1e15 + 40)),
    ],
)
def test_ticks_of_whole_numbers(values: list[float], ticks: tuple[float, ...]) -> None:
    assert value_scale(values, whole=True, from_zero=False).ticks == ticks


def test_a_scale_far_from_zero_omits_it_unless_requested() -> None:
    assert value_scale([900, 1000], whole=True, from_zero=False).low == 900
    assert value_scale([900, 1000], whole=True, from_zero=True).low == 0
    assert value_scale([400, 1000], whole=True, from_zero=False).low == 0


def test_ticks_of_fractions_have_no_floating_point_errors() -> None:
    assert value_scale([0, 1.2], whole=False, from_zero=True).ticks == (0, 0.5, 1, 1.5)
    for ticks in (value_scale([0, top], whole=False, from_zero=True).ticks for top in (0.3, 0.7, 1.1, 0.06, 2.8, 3.7)):
        assert all(len(repr(tick)) <= 6 for tick in ticks), ticks


@pytest.mark.parametrize(
    ("values", "from_zero"), [([1e-14, 2e-14], True), ([5e-324, 1e-310], False), ([1e17, 1e17 + 16], False)]
)
def test_values_that_floats_can_hardly_distinguish_are_one_value(values: list[float], from_zero: bool) -> None:
    scale = value_scale(values, whole=False, from_zero=from_zero)
    assert scale.low < scale.high
    assert holds(scale, values)


@thorough
@given(WHOLE, st.booleans())
def test_a_scale_spans_at_least_a_share_of_its_greatest_value(values: list[float], from_zero: bool) -> None:
    scale = value_scale(values, whole=True, from_zero=from_zero, least_span=0.02)
    assert holds(scale, values)
    assert scale.high - scale.low >= 0.02 * max(map(abs, values), default=0) * (1 - 1e-9)
    assert scale.low >= 0 or min(values) < 0
    assert len(scale.ticks) <= 8


def test_one_user_more_does_not_look_like_a_doubling() -> None:
    scale = value_scale([5463, 5464], whole=True, from_zero=False, least_span=0.02)
    assert scale.ticks == (5400, 5450, 5500, 5550)
    assert scale.position(5464) - scale.position(5463) < 0.01


def test_an_axis_without_zero_is_broken() -> None:
    assert value_scale([900, 1000], whole=True, from_zero=False).is_broken
    assert value_scale([-1000, -900], whole=True, from_zero=False).is_broken
    assert not value_scale([900, 1000], whole=True, from_zero=True).is_broken
    assert not value_scale([-5, 5], whole=True, from_zero=False).padded(0.02).is_broken
