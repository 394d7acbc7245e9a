"""Single people: who was active on the most days of a time range, and who was not active for a long time.

Nothing here is for readers without the permission to see people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ..exceptions import NotAnswered
from ..models import Person, SeenDay, WrittenDay
from ..models.active_query import PER_DAY, ActiveQuery
from ..sources.loading import chat_source
from .activity import MACHINES
from .points import HistoryRange
from .steps import Step, bounds, quarter_at, quarter_number, quarter_of

# An account without activity for so many days is listed, where the reader does not say otherwise.
IDLE_AFTER = 90


@dataclass(frozen=True, slots=True)
class ActivePerson:
    """A person: the name, None if the account is gone or forgotten; on how many days they wrote, and when they wrote last."""

    name: str | None
    days: int
    last_message: datetime | None


@dataclass(frozen=True)
class PeopleOfRange:
    """The people of a time range of whole quarters of an hour, in its time zone."""

    days: Sequence[datetime]
    until: datetime
    using: str

    @classmethod
    def of(cls, history_range: HistoryRange) -> "PeopleOfRange | None":
        """Return the people of what is covered of a time range; None if nothing of it is."""
        coverage = history_range.coverage
        if coverage is None:
            return None
        since, until = (
            quarter_of(max(history_range.since, coverage.since)),
            quarter_of(min(history_range.until, coverage.until)),
        )
        if since >= until:
            return None
        days = bounds(since, until, Step.DAY, history_range.zone)
        return cls([since, *days[1:-1], until], until, history_range.using)

    def most_active(self, offset: int, count: int) -> list[ActivePerson]:
        """Return some of the people who wrote; those who wrote on the most days come first."""
        spans = [(i, *map(quarter_number, span)) for i, span in enumerate(pairwise(self.days))]
        query = ActiveQuery([WrittenDay], MACHINES, self.using, are_others=True)
        return self._named(dict(query.steps_of_people(spans, offset, count)))  # type: ignore[arg-type] # two numbers each

    @property
    def number_active(self) -> int:
        """The number of people who wrote in the time range."""
        spans = [(0, quarter_number(self.days[0]), quarter_number(self.until))]
        return ActiveQuery([WrittenDay], MACHINES, self.using, are_others=True).people(spans).get(0, 0)

    def idle(self, days: int, offset: int, count: int) -> list[ActivePerson]:
        """Return some of those whose latest activity is so many days before the end, or more; the latest come first."""
        latest_first = F("last_quarter").desc(nulls_last=True)
        people = self._idle(days).order_by(latest_first, "pk").values_list("pk", flat=True)
        return self._named(dict.fromkeys(people[offset : offset + count], 0))

    def number_idle(self, days: int) -> int:
        """The number of people whose latest activity is so many days before the end, or more."""
        return self._idle(days).count()

    def _idle(self, days: int) -> "QuerySet[Person]":
        first = quarter_number(self.until - timedelta(days=days))
        seen = SeenDay.objects.using(self.using).filter(day__gte=first // PER_DAY).values("person")
        quiet = Q(last_quarter__lt=first) | Q(last_quarter=None)
        return Person.objects.using(self.using).filter(quiet).exclude(type__in=MACHINES).exclude(pk__in=seen)

    def _named(self, days: dict[int, int]) -> list[ActivePerson]:
        people = Person.objects.using(self.using).in_bulk(days)
        names = chat_source(timezone.now()).account_names([person.account for person in people.values() if person.account])
        last = {pk: person.last_quarter for pk, person in people.items()}
        return [
            ActivePerson(names.get(people[pk].account or ""), number, None if (at := last[pk]) is None else quarter_at(at))
            for pk, number in days.items()
        ]


def why_names_are_unknown() -> str:
    """Return why the source tells nothing of single accounts; empty if it does."""
    try:
        chat_source(timezone.now()).account_names(())
    except NotAnswered as problem:
        return str(problem)
    return ""
