"""The table of cohorts: how many of the people who wrote first in a month still wrote in the months after it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext

from ..catalogue.statistic import Unit
from ..history.activity_summary import Cohorts
from .number_format import format_number

# The number of shades that tell shares apart.
_SHADES = 5


@dataclass(frozen=True, slots=True)
class CohortCell:
    """A share as text, the numbers that it is of, and the number of its shade, from 0."""

    share: str
    numbers: str
    shade: int


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A month, how many people wrote first in it, and for each later month how many of them wrote."""

    month: str
    number: str
    cells: list[CohortCell]


def cohort_rows(cohorts: Cohorts, zone: ZoneInfo) -> list[CohortRow]:
    """Return a row for each month."""
    return [
        CohortRow(
            formats.date_format(month.astimezone(zone), gettext("F Y")),
            format_number(people[0], Unit.PEOPLE),
            [_cell(number, people[0]) for number in people[1:]],
        )
        for month, people in zip(cohorts.months, cohorts.people, strict=True)
    ]


def _cell(number: int | None, of: int | None) -> CohortCell:
    if not of or number is None:
        return CohortCell("", "", 0)
    numbers = gettext("%(number)s of %(all)s") % {
        "number": format_number(number, Unit.PEOPLE),
        "all": format_number(of, Unit.PEOPLE),
    }
    return CohortCell(f"{round(100 * number / of)} %", numbers, -(-_SHADES * number // of))
