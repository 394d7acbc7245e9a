"""Number formatting: thousands separators, signs of changes, and no incorrect digits."""

import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.catalogue.statistic import Unit
from statistics_app.presentation.number_format import UNKNOWN, format_change, format_number

from .thorough import thorough

MINUS = "−"


def read_back(text: str) -> float:
    """Parse a number in English format."""
    return float(text.replace(",", "").replace(MINUS, "-").replace("+", "").replace("±", ""))


@pytest.mark.parametrize("unit", Unit)
def test_an_unknown_value_is_a_dash_in_every_unit(unit: Unit) -> None:
    assert format_number(None, unit) == format_change(None, unit) == UNKNOWN


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (5, "5"),
        (5.0, "5"),
        (1234, "1,234"),
        (1234567.0, "1,234,567"),
        (1e15, "1,000,000,000,000,000"),
        (10**15, "1,000,000,000,000,000"),
        (1234567.5, "1,234,567.50"),
        (0.3 - 0.1, "0.20"),
        (2.999, "3.00"),
        (0.005001, "0.01"),
        (-3, "−3"),
        (-0.5, "−0.50"),
    ],
)
def test_a_number_has_thousands_separators_and_decimal_places_only_if_not_whole(value: float, text: str) -> None:
    assert format_number(value, Unit.LOAD) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1000, "1000 bytes"),
        (1024, "1.0 KB"),
        (-2048, "−2.0 KB"),
        (1.5 * 1024**3, "1.5 GB"),
        (1e15, "909.5 TB"),
        (2e18, "1,776.4 PB"),
    ],
)
def test_bytes_are_formatted_by_their_order_of_magnitude(value: float, text: str) -> None:
    assert format_number(value, Unit.BYTES) == text


def test_a_percentage_has_one_decimal_place() -> None:
    assert [format_number(value, Unit.PERCENT) for value in (17, 17.26, 0.04)] == ["17.0 %", "17.3 %", "0.0 %"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234567.0, Unit.MESSAGES, "1.234.567"),
        (-1234.5, Unit.LOAD, "−1.234,50"),
        (1536, Unit.BYTES, "1,5 KB"),
        (2, Unit.BYTES, "2 Bytes"),
    ],
)
def test_another_language_has_its_own_separators(value: float, unit: Unit, text: str) -> None:
    with translation.override("de"):
        assert format_number(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, Unit.USERS, "±0"),
        (-0.0, Unit.LOAD, "±0"),
        (7.0, Unit.USERS, "+7"),
        (-7, Unit.USERS, "−7"),
        (0.3 - 0.1, Unit.LOAD, "+0.20"),
        (-1e15, Unit.MESSAGES, "−1,000,000,000,000,000"),
        (-1536, Unit.BYTES, "−1.5 KB"),
        (1, Unit.BYTES, "+1 byte"),
    ],
)
def test_a_change_always_has_its_sign(value: float, unit: Unit, text: str) -> None:
    assert format_change(value, unit) == text


@thorough
@given(st.integers(-(10**15), 10**15), st.sampled_from([Unit.USERS, Unit.LOAD]))
def test_a_whole_number_keeps_all_digits_as_int_and_as_float(value: int, unit: Unit) -> None:
    assert format_number(value, unit) == format_number(float(value), unit)
    assert read_back(format_number(value, unit)) == value
    assert re.fullmatch(r"−?\d{1,3}(,\d{3})*", format_number(value, unit))


@thorough
@given(st.floats(-1e12, 1e12))
def test_a_fraction_is_rounded_correctly(value: float) -> None:
    assert abs(read_back(format_number(value, Unit.LOAD)) - value) <= 0.005 + 1e-4 * (abs(value) > 1e9)


@thorough
@given(st.integers(1, 10**18))
def test_an_increase_and_a_decrease_differ_only_by_the_sign(value: int) -> None:
    for unit in (Unit.BYTES, Unit.FILES):
        assert format_change(value, unit) == f"+{format_number(value, unit)}"
        assert format_change(-value, unit) == f"{MINUS}{format_number(value, unit)}"
