"""The summaries by day: long ranges read them, and equal the hours and the quarters of an hour that they summarize."""

import random
from bisect import bisect
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from statistics_app.history.event_book import EventBook
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.history.rebuild import rebuild_rollups
from statistics_app.history.steps import Step, bounds
from statistics_app.models import EventDay, EventRollup, GaugeDay, GaugeRollup, GaugeSummary, SnapshotDay
from statistics_app.models.step_query import midnight_of, split_at_days, steps
from statsproject.chat.statistics_source import WorkspaceSource

from .conftest import Store, at, every

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BEGIN, END = at(2026, 1, 30), at(2026, 5, 2)
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati"]


def step_of(moment: datetime, edges: list[datetime]) -> int:
    return bisect(edges, moment) - 1


def test_steps_of_any_length_in_any_zone_equal_the_sums_of_their_hours(store: Store) -> None:
    chance = random.Random(7)
    stored = [(moment, chance.randrange(1000)) for moment in every(timedelta(hours=7, minutes=35), BEGIN, END)]
    for moment, value in stored:
        store(moment, totalMessages=value)
    roll_up_gauges()
    for step, zone in product([Step.HOUR, Step.DAY, Step.WEEK, Step.MONTH, Step.QUARTER, Step.YEAR], ZONES):
        edges = bounds(BEGIN, END, step, ZoneInfo(zone))
        expected = defaultdict(list)
        for moment, value in stored:
            expected[step_of(moment.replace(minute=0), edges)].append(value)
        assert GaugeRollup.objects.by_step(["totalMessages"], edges) == [
            ("totalMessages", i, GaugeSummary(min(of), max(of), of[-1], sum(of), len(of))) for i, of in sorted(expected.items())
        ], (step, zone)


def test_events_in_any_steps_equal_the_sums_of_their_quarters() -> None:
    chance, keys = random.Random(8), ["messages:c", "users"]
    quarters = every(timedelta(hours=3, minutes=45), BEGIN, END)
    counted = [(chance.choice(keys), moment, chance.randrange(1, 9)) for moment in quarters]
    numbers = {moment: (key, number) for key, moment, number in counted}
    for book, moments in EventBook.each(quarters, "default"):
        for moment in moments:
            key, number = numbers[moment]
            book.add(key, moment, number)
    for step, zone in product([Step.QUARTER_HOUR, Step.DAY, Step.WEEK, Step.MONTH, Step.YEAR], ZONES):
        edges = bounds(BEGIN, END, step, ZoneInfo(zone))
        expected: dict[tuple[str, int], int] = defaultdict(int)
        for key, moment, number in counted:
            expected[key, step_of(moment, edges)] += number
        found = EventRollup.objects.by_step(keys, edges)
        assert found == [(*of, number) for of, number in sorted(expected.items())], (step, zone)
    for moment in (BEGIN, chance.choice(quarters), midnight_of(chance.choice(quarters)), END):
        earlier = EventRollup.objects.filter(quarter__lt=moment)
        sums = {key: sum(row.number for row in earlier if row.key == key) for key in keys}
        assert EventRollup.objects.before(keys, moment) == {key: number for key, number in sums.items() if number}


def test_a_long_range_reads_days_and_only_the_hours_at_the_ends_of_its_steps() -> None:
    edges = bounds(at(2016, 1, 1), at(2026, 1, 1), Step.MONTH, ZoneInfo("Europe/Berlin"))
    days, rest = split_at_days(steps(edges))
    assert sum((until - since).days for _, since, until in days) == (edges[-1] - edges[0]).days - (len(edges) - 1)
    assert sum((until - since) / timedelta(hours=1) for _, since, until in rest) == 24 * (len(edges) - 1)


def test_what_it_reads_is_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        GaugeRollup.objects.by_step(["totalUsers"], bounds(BEGIN, END, Step.MONTH, ZoneInfo("Europe/Berlin")))
    assert len(queries) == 1


def test_a_late_snapshot_changes_the_summary_of_its_day(store: Store) -> None:
    store(at(2026, 3, 2, 9), totalUsers=5)
    store(at(2026, 3, 3, 9), totalUsers=6)
    roll_up_gauges()
    store(at(2026, 3, 2, 23, 59), totalUsers=9)
    roll_up_gauges()
    row = GaugeDay.objects.get(key="totalUsers", day=at(2026, 3, 2))
    assert (row.least, row.greatest, row.last, row.total, row.count) == (5, 9, 9, 14, 2)
    assert GaugeDay.objects.get(key="totalUsers", day=at(2026, 3, 3)).last == 6


def test_a_rebuild_repairs_the_days(store: Store) -> None:
    now = at(2026, 3, 20, 12, 34)
    store(now - timedelta(days=2), totalUsers=5)
    roll_up_gauges()
    source = WorkspaceSource(now)
    rebuild_rollups(source, now)
    gauges, events = list(GaugeDay.objects.values_list()), list(EventDay.objects.values_list())
    GaugeDay.objects.update(last=1, total=99)
    EventDay.objects.update(number=77)
    EventDay.objects.create(key="users", day=at(2026, 3, 20), number=3)
    SnapshotDay.objects.update(number=88)
    SnapshotDay.objects.create(day=at(2020, 1, 1), number=3)
    rebuild_rollups(source, now)
    assert list(SnapshotDay.objects.values_list()) == [(at(2026, 3, 18), 1)]
    assert list(GaugeDay.objects.values_list()) == gauges
    assert list(EventDay.objects.values_list()) == events
