"""Changes are handed over to the history exactly once, whatever fails when, also if it is in another database."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from statistics_app.history.audit import audit_events
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.steps import QUARTER, quarter_of
from statistics_app.models import EventCoverage, EventRollup
from statistics_app.sources.event_kinds import removal_of
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.event_changes import MOST_CHANGES, HandedOver, hand_over_changes
from statistics_app.tallies.folding import fold
from statistics_app.tallies.source import tallies_of_events
from statsproject.chat.models import Message
from tests.factories import make_messages, make_room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class Crash(Exception):
    """What ends a hand-over."""


@pytest.fixture
def recent() -> datetime:
    """The present quarter, since which changes are covered."""
    roll_up()
    return quarter_of(timezone.now())


@pytest.fixture
def installed_again() -> Iterator[None]:
    """Leave the running counts to the following tests as they were."""
    yield
    call_command("tallies", "install", stdout=StringIO())


def roll_up() -> None:
    roll_up_events(chat_source(timezone.now()), timezone.now())


def crash() -> int:
    """Take the changes, and crash before the chat's database has removed them; return the number of the batch."""
    handed: list[int] = []

    def handle(changes: HandedOver) -> None:
        handed.append(changes.batch)
        raise Crash

    source = chat_source(timezone.now())
    with pytest.raises(Crash):
        hand_over_changes(tallies_of_events(source), EventCoverage.objects.get().batch, handle)
    return handed[0]


def sent() -> int:
    return sum(EventRollup.objects.filter(key="messages:c").values_list("number", flat=True))


def test_after_a_crash_before_the_history_has_them_changes_are_handed_over_again(recent: datetime) -> None:
    room = make_room("c")
    make_messages(room, 3, sent_at=recent)
    crash()
    make_messages(room, 4, sent_at=recent)
    roll_up()
    roll_up()
    assert sent() == 7


def test_after_a_crash_when_the_history_has_them_changes_are_not_taken_twice(recent: datetime) -> None:
    room = make_room("c")
    make_messages(room, 3, sent_at=recent)
    batch = crash()
    # What the history's own transaction had committed, in a database of its own.
    EventCoverage.objects.update(batch=batch)
    make_messages(room, 4, sent_at=recent)
    roll_up()
    roll_up()
    assert sent() == 4


@pytest.mark.usefixtures("installed_again")
def test_changes_of_a_table_that_was_away_for_a_time_are_not_taken_after_its_rows_were_reconciled(recent: datetime) -> None:
    make_messages(make_room("c"), 3, sent_at=recent)
    changes = tallies_of_events(chat_source(timezone.now())).messages.changes
    fold(tallies_of_events(chat_source(timezone.now())))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {changes} RENAME TO elsewhere")
        list(audit_events(chat_source(timezone.now()), timezone.now()))
        cursor.execute(f"ALTER TABLE elsewhere RENAME TO {changes.rpartition('.')[2]}")
    assert sent() == 3
    roll_up()
    assert sent() == 3
    make_messages(make_room("c"), 4, sent_at=recent)
    roll_up()
    assert sent() == 7


def test_many_changes_are_handed_over_in_parts_of_which_each_has_all_of_its_quarters(
    recent: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = make_room("c")
    quarters = [recent + number * QUARTER for number in range(7)]
    for quarter in quarters:
        make_messages(room, 2, sent_at=quarter)
    roll_up()
    before = EventCoverage.objects.get().batch
    monkeypatch.setitem(MOST_CHANGES, connection.vendor, 3)
    for quarter in quarters:
        make_messages(room, 3, sent_at=quarter)
        Message.objects.filter(sent_at=quarter)[0].delete()
    roll_up()
    rollups = EventRollup.objects.filter(key="messages:c").order_by("quarter").values_list("number", "removed")
    assert [*rollups] == [(5, 1)] * 7
    assert EventCoverage.objects.get().batch - before in (3, 4, 5)
    assert sum(EventRollup.objects.filter(key=removal_of("messages:c")).values_list("number", flat=True)) == 7
