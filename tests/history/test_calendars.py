"""Days and months of many zones over years, against a plain script that counts by local dates."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from statistics_app.history.backfill import backfill_history
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import HistoryRange
from statistics_app.history.series import SeriesMode, series
from statistics_app.history.steps import Step
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Message
from tests.chatter import make_room
from tests.oracles.calendar import ZONES, by_day, by_month

from .conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SINCE, UNTIL = at(2017, 9, 1), at(2020, 3, 1)


def test_every_day_and_month_is_what_local_dates_say(db: None) -> None:
    chance = random.Random(1)
    # Many of them around the nights in which clocks are put.
    nights = [at(2018, 11, 4, 3), at(2019, 2, 17, 2), at(2018, 3, 25, 1), at(2019, 10, 5, 15, 30), at(2018, 12, 31, 18, 15)]
    moments = [night + timedelta(minutes=chance.randrange(-300, 300)) for night in nights for _ in range(100)]
    moments += [SINCE + (UNTIL - SINCE) * chance.random() for _ in range(1500)]
    room = make_room(created_at=SINCE)
    Message.objects.bulk_create(Message(room=room, sent_at=moment) for moment in moments)
    backfill_history(chat_source(UNTIL), UNTIL)
    for name in ZONES:
        for step, count, written in ((Step.DAY, by_day, "%Y-%m-%d"), (Step.MONTH, by_month, "%Y-%m")):
            asked = HistoryRange(SINCE - timedelta(days=2), UNTIL + timedelta(days=2), step, ZoneInfo(name))
            points = series([BY_KEY["sentMessages"]], asked, SeriesMode.VALUE)[BY_KEY["sentMessages"]]
            starts = [start.astimezone(ZoneInfo(name)).strftime(written) for start in asked.starts]
            assert len(set(starts)) == len(starts)
            assert {start: point.value for start, point in zip(starts, points, strict=True) if point.value} == count(
                moments, name
            )


@pytest.mark.parametrize("zone", ZONES)
def test_totals_that_are_rebuilt_are_the_sums_of_what_was_sent(db: None, zone: str) -> None:
    chance = random.Random(2)
    moments = sorted(SINCE + (UNTIL - SINCE) * chance.random() for _ in range(400))
    room = make_room(created_at=SINCE)
    Message.objects.bulk_create(Message(room=room, sent_at=moment) for moment in moments)
    backfill_history(chat_source(UNTIL), UNTIL)
    asked = HistoryRange(at(2019, 1, 1), at(2019, 7, 1), Step.WEEK, ZoneInfo(zone))
    points = series([BY_KEY["totalMessages"]], asked, SeriesMode.VALUE)[BY_KEY["totalMessages"]]
    assert [point.value for point in points] == [sum(moment < end for moment in moments) for end in asked.bounds[1:]]
    changes = series([BY_KEY["totalMessages"]], asked, SeriesMode.CHANGE)[BY_KEY["totalMessages"]]
    sent = series([BY_KEY["sentMessages"]], asked, SeriesMode.VALUE)[BY_KEY["sentMessages"]]
    assert [point.value for point in changes] == [point.value for point in sent]
