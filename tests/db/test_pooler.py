"""Behind a pooler that gives every transaction another session."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from tests.factories import make_messages, make_room
from tests.services.pgbouncer import MISSING, PgBouncer, find_pgbouncer
from tests.services.programs import Programs

from .test_connections import refresh_at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_database,
    pytest.mark.only_postgresql,
    pytest.mark.slow,
]


@pytest.fixture
def pooled(running: Programs, record_property: Callable[[str, object], None]) -> Iterator[Programs]:
    """Processes that connect through PgBouncer with four sessions."""
    if find_pgbouncer() is None:
        record_property("message", MISSING)
        pytest.skip(MISSING)
    pooler = PgBouncer(running.folder, connection.settings_dict, sessions=4)
    running.running.append(pooler.start())
    running.environment["DATABASE_URL"] = pooler.url
    return running


def test_twenty_refreshes_at_once_take_two_snapshots(pooled: Programs) -> None:
    make_messages(make_room("c"), 3)
    found = refresh_at_once(pooled, {}, number=20)
    assert [one for one in found if one.get("error") or one["problems"]] == []
    assert len(found) == 20
    assert len({one["number"] for one in found}) <= 2


def test_installing_folding_and_every_command_work(pooled: Programs) -> None:
    room = make_room("c")
    for command in (["tallies", "uninstall"], ["tallies", "install"]):
        result = pooled.manage(*command)
        assert result.returncode == 0, result.stderr
    make_messages(room, 5)
    for command in (
        ["generate_statistics"],
        ["roll_up_history"],
        ["backfill_history"],
        ["rebuild_rollups"],
        ["audit_tallies"],
        ["prune_statistics"],
        ["export_statistics"],
        ["tallies", "status"],
        ["migrate"],
    ):
        result = pooled.manage(*command)
        assert result.returncode == 0, (command, result.stderr)
    with connection.cursor() as cursor:
        ledger = "SELECT count(*) FROM statistics_tally_messages_ledger"
        cursor.execute(f"SELECT ({ledger}), (SELECT sum(n) FROM statistics_tally_messages_room)")
        assert cursor.fetchone() == (0, 5)
    assert sum(chat_source(timezone.now()).messages().values()) == 5
