"""What an error of the database means to whoever asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection

from statistics_app.db.failures import Failure, failure_of
from tests.factories import make_messages, make_room
from tests.tallies.sql import run, value

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@contextmanager
def disk_full() -> Iterator[None]:
    """Let the database have no room for more messages."""
    if connection.vendor == "sqlite":
        run("VACUUM")  # pages that other tests have left free would be room
        before = value("PRAGMA max_page_count")
        run("PRAGMA max_page_count = 1")  # it cannot be less than there are
        undo = f"PRAGMA max_page_count = {before}"
    else:
        run(
            "CREATE FUNCTION refuse_to_grow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END'",
            "CREATE TRIGGER full_disk BEFORE INSERT ON chat_message EXECUTE FUNCTION refuse_to_grow()",
        )
        undo = "DROP FUNCTION refuse_to_grow CASCADE"
    try:
        yield
    finally:
        run(undo)


def test_a_full_disk_means_that_the_database_accepts_no_writes() -> None:
    room = make_room()
    with disk_full(), pytest.raises(OperationalError) as raised:
        make_messages(room, 5000)
    assert failure_of(raised.value) is Failure.NO_WRITES
