"""While the disk is full, no write of the chat succeeds that is neither counted nor known to be missed."""

from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import Message
from tests.factories import make_messages, make_room

from .conftest import differences, tallies
from .sql import run, value

__all__ = ["tallies"]  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.only_postgresql]

LEDGER, FAILURES = "statistics_tally_messages_ledger", "statistics_tally_failures"


@pytest.fixture
def installed(tallies: TallySet) -> TallySet:
    """The definitions for the project's source, all of them installed."""
    call_command("tallies", "install", verbosity=0)
    return tallies


@pytest.fixture
def fill_up() -> Iterator[Callable[[str], None]]:
    """A function after which a table cannot grow, as on a full disk, until the end of the test."""
    run("CREATE FUNCTION refuse_to_grow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END'")
    yield lambda table: run(
        f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_grow()"
    )
    run("DROP FUNCTION refuse_to_grow CASCADE")


def test_a_write_that_can_neither_be_counted_nor_recorded_as_missed_fails(
    installed: TallySet, fill_up: Callable[[str], None]
) -> None:
    room = make_room("c")
    make_messages(room, 2)
    fill_up(LEDGER)
    fill_up(FAILURES)
    for write in (lambda: Message.objects.create(room=room), Message.objects.all().delete):
        with pytest.raises(OperationalError, match="disk_full"):
            write()
    assert Message.objects.count() == 2
    assert len(tallied_source(timezone.now()).ready) == 5
    assert differences(installed) == []


def test_a_write_that_can_be_recorded_as_missed_succeeds_and_its_count_is_live(
    installed: TallySet, fill_up: Callable[[str], None]
) -> None:
    room = make_room("c")
    fill_up(LEDGER)
    make_messages(room, 2)
    source = tallied_source(timezone.now())
    assert source.defects["messages"] == "missed a change, since a trigger failed (disk_full)"
    assert source.messages() == chat_source(timezone.now()).messages()


def test_a_failure_can_be_recorded_without_more_room_on_the_disk(installed: TallySet) -> None:
    failed = (
        f"INSERT INTO {FAILURES} (name, failed_at, error) VALUES ('messages', now(), 'could not extend file: No space left')"
    )
    run(failed)
    call_command("tallies", "install", verbosity=0)
    run(f"VACUUM {FAILURES}")
    size = value(f"SELECT pg_relation_size('{FAILURES}')")
    run(*[failed] * 20)
    assert value(f"SELECT pg_relation_size('{FAILURES}')") == size > 0
    call_command("tallies", "install", verbosity=0)
    assert len(tallied_source(timezone.now()).ready) == 5
