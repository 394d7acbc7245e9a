"""The simulated visits of the past: who read or signed in on which day, of which the chat keeps only the last time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import router

from statistics_app.history.active_days import add_seen_days
from statistics_app.history.coverage import event_coverage
from statistics_app.history.steps import quarter_number
from statistics_app.models import EventCoverage
from statistics_app.sources.active_days import PER_DAY, PER_MASK, AccountDay
from statsproject.chat.seeding.plan import HOURS, WEEKDAYS
from statsproject.chat.statistics_source import WorkspaceSource

from .crowd import participants

# The part of the people who come on the busiest day of the week, and in how many quarters of an hour at most.
VISITORS, MOST_VISITS = 0.75, 6
QUARTERS_PER_HOUR = 4
DAY = timedelta(days=1)


def create_visits(since: datetime, until: datetime) -> None:
    """Note the visits of a time range, as if they had been noted when they passed."""
    using = router.db_for_write(EventCoverage)
    coverage = event_coverage(until, using)
    seen_since = min(coverage.seen_since or since, since)
    add_seen_days(PastVisits(since, until), coverage, until, using)
    EventCoverage.objects.using(using).update(seen_since=seen_since)


class PastVisits(WorkspaceSource):
    """The source of the chat, which also knows who visited it in a time range."""

    def __init__(self, since: datetime, until: datetime) -> None:
        super().__init__(until)
        self._since = since

    def seen_accounts(self, since: datetime) -> Iterator[AccountDay]:
        """Yield the days on which accounts that existed by then were seen in the time range, whatever time is asked for."""
        rng = Random("visits")
        accounts = list(participants().values_list("pk", "date_joined"))
        day, last = self._since, self.at
        while day < last:
            chance = VISITORS * WEEKDAYS[day.weekday()] / max(WEEKDAYS)
            for account, joined in accounts:
                if (joined is None or joined < day) and rng.random() < chance:
                    yield from _day_of(account, day, last, rng)
            day += DAY


def _day_of(account: str, day: datetime, last: datetime, rng: Random) -> Iterator[AccountDay]:
    """Yield the day of an account with some quarters of an hour before a time, if there are any."""
    number = quarter_number(day) // PER_DAY
    hours = rng.choices(range(len(HOURS)), HOURS, k=rng.randint(1, MOST_VISITS))
    quarters = {hour * QUARTERS_PER_HOUR + rng.randrange(QUARTERS_PER_HOUR) for hour in hours}
    mask = sum(1 << quarter for quarter in quarters if number * PER_DAY + quarter <= quarter_number(last))
    if mask:
        yield AccountDay(account, number, mask % (1 << PER_MASK), mask >> PER_MASK)
