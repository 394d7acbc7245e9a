"""Messages of a partition that goes remain sent, and their removal is in the history; the other partitions are not read."""

import pytest
from django.utils import timezone

from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.models import EventRollup
from statistics_app.sources.event_kinds import REMOVAL
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet
from tests.tallies.conftest import tallies
from tests.tallies.partitions import fill, partitioned, put, rows_read
from tests.tallies.sql import run

__all__ = ["partitioned", "tallies"]  # fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.only_postgresql]

JANUARY = "FOR VALUES FROM ('2026-01-01Z') TO ('2026-02-01Z')"


def roll_up() -> None:
    now = timezone.now()
    roll_up_events(chat_source(now), now)


@pytest.fixture
def counted(partitioned: TallySet) -> None:
    """Nine messages of January and nine of February in the history."""
    fill()
    roll_up()
    backfill_history(chat_source(timezone.now()), timezone.now())


def sent_and_removed() -> tuple[int, int, int]:
    """Return how many messages were sent, how many of them are gone, and how many removals there were."""
    rows = EventRollup.objects.filter(key__contains="messages")
    events = [row for row in rows if not row.key.startswith(REMOVAL)]
    removals = sum(row.number for row in rows if row.key.startswith(REMOVAL))
    return sum(row.number for row in events), sum(row.removed for row in events), removals


def test_messages_of_a_dropped_partition_remain_sent(counted: None) -> None:
    assert sent_and_removed() == (18, 0, 0)
    run("DROP TABLE message_jan")
    roll_up()
    assert sent_and_removed() == (18, 9, 9)


def test_a_partition_that_is_detached_and_attached_again_changes_nothing(counted: None) -> None:
    run("ALTER TABLE chat_message DETACH PARTITION message_jan")
    roll_up()
    assert sent_and_removed() == (18, 9, 9)
    run(f"ALTER TABLE chat_message ATTACH PARTITION message_jan {JANUARY}")
    roll_up()
    assert sent_and_removed() == (18, 0, 0)


def test_an_attached_partition_brings_its_messages(counted: None) -> None:
    run("CREATE TABLE message_mar (LIKE chat_message INCLUDING ALL)")
    put("message_mar", "m1", 3)
    run("ALTER TABLE chat_message ATTACH PARTITION message_mar FOR VALUES FROM ('2026-03-01Z') TO ('2026-04-01Z')")
    roll_up()
    assert sent_and_removed() == (19, 0, 0)


def test_the_history_reads_no_other_partition_than_the_one_that_was_dropped(counted: None) -> None:
    read = [rows_read(f"message_feb_{number}") for number in range(2)]
    run("DROP TABLE message_jan")
    roll_up()
    assert [rows_read(f"message_feb_{number}") for number in range(2)] == read


def test_a_message_that_moves_to_another_partition_is_removed_and_sent(counted: None) -> None:
    run("UPDATE chat_message SET sent_at = '2026-02-03Z' WHERE id = 'j1'")
    roll_up()
    assert sent_and_removed() == (19, 1, 1)


def test_messages_that_come_and_go_with_a_partition_are_in_the_history(counted: None) -> None:
    """Also if nothing of them was folded before."""
    put("chat_message", "late", 1)
    run("DELETE FROM chat_message WHERE id = 'late'", "DROP TABLE message_jan")
    roll_up()
    assert sent_and_removed() == (19, 10, 10)
