"""Metrics of active people: unknown is not none, and windows end with the days of the reader's zone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import HistoryRange
from statistics_app.history.series import SeriesMode, series
from statistics_app.history.steps import Step
from statistics_app.models import EventCoverage
from statistics_app.sources.loading import chat_source
from statistics_app.sources.mapped import MappedSource
from statsproject.chat.models import User
from statsproject.chat.statistics_source import WorkspaceSource
from tests.factories import make_messages, make_room, make_user

from .conftest import at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
KATHMANDU = ZoneInfo("Asia/Kathmandu")
KEYS = ("activePeople", "activeUsersDaily", "activeUsersWeekly", "activeUsersMonthly", "activeBots")


class WithoutAuthors(MappedSource):
    """A source that does not say who wrote a message."""

    room_table, user_table = WorkspaceSource.room_table, WorkspaceSource.user_table
    message_table = None


def values(
    since: tuple[int, ...], until: tuple[int, ...], step: Step, zone: ZoneInfo = KATHMANDU
) -> dict[str, list[float | None]]:
    history_range = HistoryRange(at(*since), at(*until), step, zone)
    points = series([BY_KEY[key] for key in KEYS], history_range, SeriesMode.VALUE)
    return {metric.key: [point.value for point in points[metric]] for metric in points}


@pytest.fixture
def written() -> None:
    room = make_room("c")
    # In Kathmandu, 18:15 UTC is midnight.
    for name, moments in {
        "anna": [at(2024, 3, 1, 18, 14), at(2024, 3, 1, 18, 15)],
        "ben": [at(2024, 3, 1, 18, 15), at(2024, 3, 9, 5)],
        "cleo": [at(2024, 3, 2, 18, 14)],
    }.items():
        for moment in moments:
            make_messages(
                room, 1, author=make_user(name) if moment is moments[0] else User.objects.get(username=name), sent_at=moment
            )
    make_messages(room, 1, author=make_user("bot", type=User.Type.BOT), sent_at=at(2024, 3, 1, 20))
    roll_up_events(chat_source(timezone.now()), timezone.now())
    backfill_history(chat_source(timezone.now()), timezone.now())


@pytest.mark.usefixtures("written")
def test_windows_end_with_the_days_of_the_zone() -> None:
    found = values((2024, 3, 1, 12), (2024, 3, 9, 12), Step.DAY)
    assert found["activePeople"] == found["activeUsersDaily"] == [1, 3, 0, 0, 0, 0, 0, 0, 1]
    assert found["activeUsersWeekly"] == [1, 3, 3, 3, 3, 3, 3, 3, 1]
    assert found["activeUsersMonthly"] == [1, 3, 3, 3, 3, 3, 3, 3, 3]
    assert found["activeBots"] == [0, 1, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.usefixtures("written")
def test_long_steps_have_the_windows_of_their_last_days() -> None:
    found = values((2024, 2, 15), (2024, 4, 15), Step.MONTH)
    assert found["activePeople"] == [None, 3, 0]
    assert found["activeUsersDaily"] == [None, 0, 0]
    assert found["activeUsersMonthly"] == [None, 1, 0]
    assert values((2024, 3, 2), (2024, 3, 9, 12), Step.YEAR)["activePeople"] == [3]


@pytest.mark.usefixtures("written")
def test_what_is_not_covered_is_unknown() -> None:
    EventCoverage.objects.update(since=at(2024, 3, 2), is_complete=False)
    found = values((2024, 3, 1, 12), (2024, 3, 9, 12), Step.DAY, ZoneInfo("UTC"))
    assert found["activePeople"][:2] == [None, 1]
    assert found["activeUsersWeekly"] == [None] * 7 + [1, 1]
    assert set(found["activeUsersMonthly"]) == {None}


@pytest.mark.usefixtures("written")
def test_the_future_is_unknown() -> None:
    tomorrow = timezone.now() + timedelta(days=2)
    found = values((2024, 3, 1), (tomorrow.year, tomorrow.month, tomorrow.day), Step.DAY)
    assert found["activePeople"][-1] is None
    assert found["activePeople"][-3] == 0


@pytest.mark.usefixtures("written")
def test_nothing_is_known_if_the_source_does_not_say_who_wrote(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.WithoutAuthors"}
    found = values((2024, 3, 1, 12), (2024, 3, 9, 12), Step.DAY)
    assert {value for key in KEYS for value in found[key]} == {None}
