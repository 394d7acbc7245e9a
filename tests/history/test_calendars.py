"""Days, months, quarters and years of many time zones over several years, compared with a plain script."""

import random
from collections import Counter
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
from tests.factories import make_room
from tests.oracles.calendar import NAMES, ZONES

from .conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SINCE, UNTIL = at(2017, 9, 1), at(2020, 3, 1)


def test_every_day_month_quarter_and_year_matches_local_dates(db: None) -> None:
    chance = random.Random(1)
    # Many of the messages are sent around nights with a clock change.
    nights = [at(2018, 11, 4, 3), at(2019, 2, 17, 2), at(2018, 3, 25, 1), at(2019, 10, 5, 15, 30), at(2018, 12, 31, 18, 15)]
    moments = [night + timedelta(minutes=chance.randrange(-300, 300)) for night in nights for _ in range(100)]
    moments += [SINCE + (UNTIL - SINCE) * chance.random() for _ in range(1500)]
    room = make_room(created_at=SINCE)
    Message.objects.bulk_create(Message(room=room, sent_at=moment) for moment in moments)
    backfill_history(chat_source(UNTIL), UNTIL)
    for name in ZONES:
        zone = ZoneInfo(name)
        for step, name_of in NAMES.items():
            history_range = HistoryRange(SINCE - timedelta(days=2), UNTIL + timedelta(days=2), Step(step), zone)
            points = series([BY_KEY["sentMessages"]], history_range, SeriesMode.VALUE)[BY_KEY["sentMessages"]]
            starts = [name_of(start.astimezone(zone)) for start in history_range.starts]
            assert len(set(starts)) == len(starts)
            found = {start: int(point.value) for start, point in zip(starts, points, strict=True) if point.value}
            assert found == Counter(name_of(moment.astimezone(zone)) for moment in moments), (name, step)
