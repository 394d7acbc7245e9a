"""How many people were active: in steps and rolling windows of any time zone, who came and who went, and cohorts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate, pairwise

from ..models import SeenDay, WrittenDay
from ..models.active_query import ActiveQuery, QuarterSpan
from ..sources.base import UserType
from .closed_steps import people_in
from .steps import quarter_number

# After so many days without activity people are gone; who is active again came back.
GONE_AFTER = 28
MACHINES = (UserType.BOT.value, UserType.APP.value)


class Activity(StrEnum):
    """What makes people active: that they wrote a message; or that they were there, so wrote, read a room or signed in."""

    WROTE = "wrote"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Movement:
    """The people of a step by what they did before, and those who went.

    `new` people wrote their first message in it. Others came `back` if they had not written for GONE_AFTER days, or else
    `stayed`. Of people who are `gone`, the last of GONE_AFTER days without a message is in the step.
    """

    new: int = 0
    stayed: int = 0
    back: int = 0
    gone: int = 0


def people_by_step(activity: Activity, bounds: Sequence[datetime], using: str, past: int | None = None) -> list[int]:
    """Return the number of people who were active in each step; bounds are those of quarters of an hour.

    With `past`, that of the coverage, numbers of steps that are over are kept until it is another one.
    """
    spans, query = _spans(bounds), _query(activity, using)
    if past is None or not spans:
        return _people(query, spans, len(spans))
    found = people_in(spans, activity, past, using, query.people)
    return [found[i] for i in range(len(spans))]


def machines_by_step(bounds: Sequence[datetime], using: str) -> list[int]:
    """Return the number of bots and apps that wrote in each step."""
    return _people(ActiveQuery([WrittenDay], MACHINES, using), _spans(bounds), len(bounds) - 1)


def people_before(activity: Activity, ends: Sequence[datetime], starts: Sequence[datetime], using: str) -> list[int]:
    """Return the number of people who were active from each start until the end at the same place."""
    spans = [(i, *map(quarter_number, span)) for i, span in enumerate(zip(starts, ends, strict=True))]
    return _people(_query(activity, using), spans, len(spans))  # type: ignore[arg-type] # two numbers each


def rolling_people(activity: Activity, days: Sequence[datetime], windows: Sequence[int], using: str) -> dict[int, list[int]]:
    """Return for each window the number of people active in so many days up to each day; days are given by their bounds.

    The windows of the first days lack what was before.
    """
    number, longest = len(days) - 1, max(windows)
    changes = {window: [0] * (number + longest + 1) for window in windows}
    for i, gap, people in _query(activity, using).gaps(_spans(days), longest):
        for window in windows:
            changes[window][i] += people
            changes[window][i + min(gap, window)] -= people
    return {window: list(accumulate(changes[window]))[:number] for window in windows}


def movements(days: Sequence[datetime], bounds: Sequence[datetime], using: str) -> list[Movement]:
    """Return who came and went in each step, by their messages.

    `days` are the bounds of the days of the steps, preceded by those of GONE_AFTER days before the first step.
    """
    step_of = _steps_of_days(days[:-1], bounds)
    counted: Counter[tuple[int, str]] = Counter()
    query = _query(Activity.WROTE, using)
    for i, since_previous, is_first, people in query.arrivals(_spans(days)):
        # People count in a step with their first day in it.
        if since_previous is None or step_of[i - since_previous] != step_of[i]:
            counted[step_of[i], _arrival(since_previous, is_first)] += people
    for i, gap, people in query.gaps(_spans(days), GONE_AFTER + 1):
        if gap > GONE_AFTER and i + GONE_AFTER < len(step_of):
            counted[step_of[i + GONE_AFTER], "gone"] += people
    return [Movement(*(counted[step, name] for name in Movement.__slots__)) for step in range(1, len(bounds))]


def cohorts(bounds: Sequence[datetime], using: str) -> list[list[int]]:
    """Return, for each step, how many of the people who wrote first in it were active in it and in each later one."""
    number = len(bounds) - 1
    table = [[0] * (number - first) for first in range(number)]
    for first, step, people in _query(Activity.WROTE, using).cohorts(_spans(bounds)):
        table[first][step - first] = people
    return table


def _query(activity: Activity, using: str) -> ActiveQuery:
    tables = [WrittenDay] if activity is Activity.WROTE else [WrittenDay, SeenDay]
    return ActiveQuery(tables, MACHINES, using, are_others=True)


def _people(query: ActiveQuery, spans: Sequence[QuarterSpan], number: int) -> list[int]:
    found = query.people(spans) if spans else {}
    return [found.get(i, 0) for i in range(number)]


def _spans(bounds: Sequence[datetime]) -> list[QuarterSpan]:
    return [(i, since, until) for i, (since, until) in enumerate(pairwise(map(quarter_number, bounds)))]


def _steps_of_days(days: Sequence[datetime], bounds: Sequence[datetime]) -> list[int]:
    """Return the number of the step, from 1, that each day is in; 0 before the first."""
    steps, step = [], 0
    for day in days:
        while step < len(bounds) - 1 and bounds[step] <= day:
            step += 1
        steps.append(step)
    return steps


def _arrival(since_previous: int | None, is_first: int) -> str:
    if is_first:
        return "new"
    return "stayed" if since_previous is not None and since_previous <= GONE_AFTER else "back"
