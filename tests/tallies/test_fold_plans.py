"""Folding takes time in proportion to the ledger, although the planner expects a ledger that was vacuumed to be empty."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import END_QUARTER, FIRST_QUARTER, TallyDefinition
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installer import Installer
from statsproject.chat.models import Message, Room
from tests.factories import NOON, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.only_postgresql]

ROOMS, EACH = 400, 3


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def compared(statement: str) -> int:
    """Execute a statement, undo it, and return how many pairs of rows its joins have compared in vain."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        [(found,)] = cursor.fetchall()
        transaction.set_rollback(True)
    return sum(node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"] for node in nodes(found[0]["Plan"]))


def write_to_many_rooms() -> None:
    """Send messages to many rooms, one statement each time, half of them replies; create as many accounts."""
    rooms = Room.objects.bulk_create(Room(type="c", name=f"room {number}") for number in range(ROOMS))
    roots = Message.objects.bulk_create(Message(room=room, sent_at=NOON) for room in rooms)
    for number in range(EACH):
        for start in range(0, ROOMS, 50):
            Message.objects.bulk_create(
                Message(room=root.room, sent_at=NOON, thread_root=root if number % 2 else None)
                for root in roots[start : start + 50]
            )
    for _ in range(20):
        make_user()


@pytest.fixture
def vacuumed(tallies: TallySet) -> TallySet:
    """The installed definitions, with ledgers that have been filled, folded and vacuumed."""
    Installer(tallies, report=str).install()
    write_to_many_rooms()
    # It vacuums the ledgers, which keep their pages.
    fold(tallies)
    return tallies


def statements(definition: TallyDefinition) -> dict[str, str]:
    """Return the statements that read a whole ledger."""
    pending = definition.pending.replace(FIRST_QUARTER, "-9999999").replace(END_QUARTER, "9999999")
    return {
        "fold": definition.fold,
        "pending": pending,
        **{f"read {number}": one for number, one in enumerate(definition.reads)},
    }


def test_no_row_of_a_ledger_is_compared_with_every_room(vacuumed: TallySet) -> None:
    write_to_many_rooms()
    found = {
        (definition.name, name): number
        for definition in vacuumed.definitions
        for name, statement in statements(definition).items()
        if (number := compared(statement)) > ROOMS
    }
    assert found == {}
    assert fold(vacuumed) >= ROOMS
