"""Points of any kind, for the tests of what is drawn of them."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from statistics_app.history.points import Certainty, Point
from tests.history.conftest import at

MONDAY = at(2026, 3, 2)
VALUES = st.integers(-1000, 1000).map(float) | st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1e15])


def measured(*values: float | None) -> list[Point]:
    """Make points that were measured, None where there is none."""
    return [Point(value, Certainty.MEASURED) if value is not None else Point() for value in values]


def rebuilt(*values: float | None) -> list[Point]:
    """Make points that were rebuilt, None where there is none."""
    return [Point(value, Certainty.REBUILT) if value is not None else Point() for value in values]


def hours(number: int) -> list[datetime]:
    """List so many hours."""
    return [MONDAY + timedelta(hours=hour) for hour in range(number)]


def _certain(values: list[float | None], since: int) -> list[Point]:
    return rebuilt(*values[:since]) + measured(*values[since:])


@st.composite
def any_points(draw: st.DrawFn, least: int = 0, most: int = 30) -> list[Point]:
    """Draw points with gaps, some of which were rebuilt from the beginning on."""
    values = draw(st.lists(VALUES | st.none(), min_size=least, max_size=most))
    return _certain(values, draw(st.integers(0, len(values))))
