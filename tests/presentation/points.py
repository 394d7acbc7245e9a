"""Points and strategies for tests of charts."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from statistics_app.history.points import Certainty, Point
from tests.history.conftest import at

MONDAY = at(2026, 3, 2)
VALUES = st.integers(-1000, 1000).map(float) | st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1e15])


def measured(*values: float | None) -> list[Point]:
    """Return measured points; None gives an unknown point."""
    return [Point(value, Certainty.MEASURED) if value is not None else Point() for value in values]


def rebuilt(*values: float | None) -> list[Point]:
    """Return rebuilt points; None gives an unknown point."""
    return [Point(value, Certainty.REBUILT) if value is not None else Point() for value in values]


def hours(number: int) -> list[datetime]:
    """Return the starts of a number of consecutive hours."""
    return [MONDAY + timedelta(hours=hour) for hour in range(number)]


@st.composite
def any_points(draw: st.DrawFn, least: int = 0, most: int = 30) -> list[Point]:
    """Draw points with gaps, of which any number at the start were rebuilt."""
    values = draw(st.lists(VALUES | st.none(), min_size=least, max_size=most))
    measured_from = draw(st.integers(0, len(values)))
    return rebuilt(*values[:measured_from]) + measured(*values[measured_from:])
