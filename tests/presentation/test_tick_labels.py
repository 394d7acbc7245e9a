"""Tick labels: round numbers in the unit that they are written in, and never two alike."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.catalogue.statistic import Unit
from statistics_app.presentation.scales import value_scale
from statistics_app.presentation.tick_labels import magnitude, tick_labels

from .thorough import thorough

GB = 1024**3


def texts(values: list[float], unit: Unit, *, whole: bool = True, from_zero: bool = False) -> list[str]:
    """Return the labels of a scale for some values."""
    tick_unit = magnitude(max(map(abs, values)), unit)
    return tick_labels(value_scale(values, whole=whole, from_zero=from_zero, unit=tick_unit), unit)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 16 * GB], ["0 GB", "5 GB", "10 GB", "15 GB", "20 GB"]),
        ([15.95 * GB, 16 * GB], ["15.94 GB", "15.96 GB", "15.98 GB", "16.00 GB"]),
        ([-3000, 3000], ["−4 KB", "−2 KB", "0 KB", "2 KB", "4 KB"]),
        ([0, 900], ["0 bytes", "250 bytes", "500 bytes", "750 bytes", "1000 bytes"]),
        ([0, 1000 * 1024**2], ["0 MB", "250 MB", "500 MB", "750 MB", "1,000 MB"]),
        ([2.0 * GB], ["1.0 GB", "1.5 GB", "2.0 GB", "2.5 GB", "3.0 GB"]),
        ([5000 * 1024**5], ["4,999.0 PB", "4,999.5 PB", "5,000.0 PB", "5,000.5 PB", "5,001.0 PB"]),
    ],
)
def test_ticks_of_bytes_are_round_in_the_unit_they_are_written_in(values: list[float], expected: list[str]) -> None:
    assert texts(values, Unit.BYTES) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0.1], ["0.000", "0.025", "0.050", "0.075", "0.100"]),
        ([0, 1.2], ["0.0", "0.5", "1.0", "1.5"]),
        ([-4, 4], ["−4", "−2", "0", "2", "4"]),
        ([0, 4000], ["0", "1,000", "2,000", "3,000", "4,000"]),
    ],
)
def test_ticks_of_fractions_have_the_decimal_places_they_need(values: list[float], expected: list[str]) -> None:
    assert texts(values, Unit.LOAD, whole=False) == expected


def test_ticks_of_percentages_say_so() -> None:
    assert texts([0, 30], Unit.PERCENT) == ["0 %", "10 %", "20 %", "30 %"]


def test_ticks_are_written_in_the_active_language() -> None:
    with translation.override("de"):
        assert texts([0, 4000], Unit.USERS)[-1] == "4.000"
        assert texts([0, 2 * GB], Unit.BYTES)[1] == "0,5 GB"


@thorough
@given(st.integers(-(10**15), 10**15), st.integers(0, 10**6), st.sampled_from([Unit.BYTES, Unit.MESSAGES, Unit.LOAD]))
def test_no_two_ticks_have_the_same_label(value: int, more: int, unit: Unit) -> None:
    found = texts([float(value), float(value + more)], unit, whole=unit is not Unit.LOAD)
    assert len(set(found)) == len(found)


@thorough
@given(st.integers(0, 2**63))
def test_a_value_is_at_least_1_in_the_unit_it_is_written_in(value: int) -> None:
    size = magnitude(value, Unit.BYTES)
    assert size == 1 or value / size >= 1
    assert value / size < 1024 or size == 1024**5
    assert magnitude(value, Unit.USERS) == 1
