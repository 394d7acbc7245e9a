"""Whatever happens to the ground under a trigger, the chat's write succeeds, and no wrong number is shown as exact."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from statistics_app.models.snapshot import Counting, Origin
from statistics_app.snapshots import generation
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import Installer, NotInstalled
from statistics_app.tallies.source import TalliedSource, tallied_source
from statsproject.chat.models import Message, Upload
from tests.factories import make_messages, make_room, make_user

from .conftest import database_objects, differences, tallies

__all__ = ["tallies"]  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.only_postgresql]

ROLE = "chat_application"
INSERT = "INSERT INTO chat_message (id, room_id, sent_at, is_pinned) VALUES (%s, %s, coalesce(%s, now())::timestamptz, false)"


@pytest.fixture
def installed(tallies: TallySet) -> TallySet:
    call_command("migrate", verbosity=0)
    return tallies


def run(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


@contextmanager
def undone(*statements: str) -> Iterator[None]:
    """Undo at the end, statement by statement, what a test did to the schema of the chat."""
    try:
        yield
    finally:
        for statement in statements:
            with suppress(DatabaseError):
                run(statement)
        call_command("migrate", verbosity=0)


@contextmanager
def application_role() -> Iterator[None]:
    """Be a role that may write the chat's tables and has no right on the app's."""
    with suppress(DatabaseError):
        run(f"CREATE ROLE {ROLE}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'chat\\_%%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {ROLE}')
    run(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        run("RESET ROLE")


def live() -> dict[Any, int]:
    return chat_source(timezone.now()).messages()


def assert_exact(source: TalliedSource) -> None:
    assert source.messages() == live()
    assert source.uploads() == chat_source(timezone.now()).uploads()


def test_a_role_without_a_grant_on_the_tallies_writes_and_is_counted(installed: TallySet) -> None:
    room, other = make_room("c"), make_room("d")
    with application_role():
        for number in range(3):
            run(INSERT, f"m{number}", room.pk, None)
        run("UPDATE chat_message SET room_id = %s WHERE id = 'm1'", other.pk)
        run("DELETE FROM chat_message WHERE id = 'm2'")
        run("UPDATE chat_room SET type = 'p' WHERE id = %s", room.pk)
        run("UPDATE chat_user SET presence = 'away'")
    source = tallied_source(timezone.now())
    assert len(source.ready) == 5
    assert_exact(source)
    fold(installed)
    assert differences(installed) == []


def test_functions_on_the_writers_search_path_are_not_called(installed: TallySet) -> None:
    room = make_room("c")
    run("CREATE SCHEMA hostile")
    run("CREATE FUNCTION hostile.floor(double precision) RETURNS double precision LANGUAGE sql AS 'SELECT 7::float8'")
    try:
        run("SET search_path = hostile, pg_catalog, public")
        run(INSERT.replace("chat_message", "public.chat_message"), "m", room.pk, "2026-03-01T12:00:00Z")
    finally:
        run("RESET search_path")
        run("DROP SCHEMA hostile CASCADE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT quarter FROM statistics_tally_messages_ledger")
        assert cursor.fetchall() == [(1_772_366_400 // 900,)]


@pytest.mark.parametrize("moment", ["infinity", "-infinity"])
def test_a_time_without_end_is_no_error(installed: TallySet, moment: str) -> None:
    room = make_room("c")
    run(INSERT, "m", room.pk, moment)
    source = tallied_source(timezone.now())
    assert len(source.ready) == 5
    assert sum(source.messages().values()) == 1


def test_sizes_beyond_a_bigint_in_sum_are_no_error(installed: TallySet) -> None:
    user = make_user()
    Upload.objects.bulk_create(
        Upload(id=f"u{number}", user=user, name="x", size=2**62, uploaded_at=timezone.now()) for number in range(3)
    )
    source = tallied_source(timezone.now())
    assert source.uploads().amount == 3 * 2**62
    fold(installed)
    assert source.uploads() == chat_source(timezone.now()).uploads()


GROUND = {
    "a renamed column": (
        "ALTER TABLE chat_message RENAME thread_root_id TO root",
        "ALTER TABLE chat_message RENAME root TO thread_root_id",
    ),
    "a dropped ledger": ("DROP TABLE statistics_tally_messages_ledger", ""),
    "a renamed ledger": (
        "ALTER TABLE statistics_tally_messages_ledger RENAME TO elsewhere",
        "DROP TABLE elsewhere",
    ),
    "rights revoked": ("ALTER TABLE statistics_tally_messages_ledger DROP COLUMN n", ""),
}


@pytest.mark.parametrize(("broken", "repair"), GROUND.values(), ids=GROUND)
def test_a_write_succeeds_when_the_ground_is_pulled_away_and_the_count_is_live_until_it_is_installed_again(
    installed: TallySet, broken: str, repair: str
) -> None:
    room = make_room("c")
    make_messages(room, 2)
    run("CREATE TABLE safe AS SELECT 1")
    with undone("DROP TABLE safe", *([repair] if repair else [])):
        run(broken)
        run("INSERT INTO chat_message (id, room_id, sent_at, is_pinned) VALUES ('m', %s, now(), false)", room.pk)
        with transaction.atomic():
            for number in range(3):
                run(
                    "INSERT INTO chat_message (id, room_id, sent_at, is_pinned) VALUES (%s, %s, now(), true)",
                    f"n{number}",
                    room.pk,
                )
        run("UPDATE chat_message SET is_pinned = true WHERE id = 'm'")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM chat_message")
            assert cursor.fetchone() == (6,)
        if repair:
            run(repair)
        source = tallied_source(timezone.now())
        assert "messages" not in source.ready
        assert {"users", "rooms"} <= source.ready
        assert sum(source.messages().values()) == 6
        warnings = [message for message in run_checks(databases=["default"]) if message.id == "statistics_app.W001"]
        assert [message.msg.split()[4] for message in warnings] == ["messages"]
        taken = generation.generate(Origin.COMMAND)
        assert (taken.total_messages, taken.counting) == (6, Counting.MIXED)
        assert "messages" in taken.counted_live
        call_command("tallies", "install", verbosity=0)
        assert len(tallied_source(timezone.now()).ready) == 5
        assert differences(installed) == []


def test_a_dropped_table_that_no_trigger_writes_to_is_noticed_and_installed_again(installed: TallySet) -> None:
    make_messages(make_room("c"), 2)
    run("DROP TABLE statistics_tally_messages_total")
    source = tallied_source(timezone.now())
    assert source.how_counted()[1] == {"messages": "lacks the table statistics_tally_messages_total"}
    assert_exact(source)
    assert generation.generate(Origin.COMMAND).total_messages == 2
    call_command("tallies", "install", verbosity=0)
    assert len(tallied_source(timezone.now()).ready) == 5


def test_a_failure_is_named_with_its_error(installed: TallySet) -> None:
    room = make_room("c")
    with undone("ALTER TABLE chat_message RENAME pinned TO is_pinned"):
        run("ALTER TABLE chat_message RENAME is_pinned TO pinned")
        run("INSERT INTO chat_message (id, room_id, sent_at, pinned) VALUES ('m', %s, now(), false)", room.pk)
        run("ALTER TABLE chat_message RENAME pinned TO is_pinned")
        defect = tallied_source(timezone.now()).defects
        assert "column changed.is_pinned does not exist" in str(defect) or "is_pinned" in str(defect)


def test_a_failure_that_is_rolled_back_with_its_write_breaks_nothing(installed: TallySet) -> None:
    room = make_room("c")
    make_messages(room, 1)
    with transaction.atomic():
        run("ALTER TABLE statistics_tally_messages_ledger RENAME TO elsewhere")
        Message.objects.create(room=room)
        transaction.set_rollback(True)
    source = tallied_source(timezone.now())
    assert len(source.ready) == 5
    assert_exact(source)


def test_a_savepoint_that_is_undone_takes_back_that_no_guard_is_needed(installed: TallySet) -> None:
    room = make_room("c")
    with transaction.atomic():
        with transaction.atomic():
            Message.objects.create(room=room)
            transaction.set_rollback(True)
        run("ALTER TABLE statistics_tally_messages_ledger RENAME TO elsewhere")
        Message.objects.create(room=room)
    try:
        source = tallied_source(timezone.now())
        assert "messages" not in source.ready
        assert_exact(source)
    finally:
        run("DROP TABLE elsewhere")
        call_command("tallies", "install", verbosity=0)


def test_an_installation_that_fails_leaves_nothing_behind_and_costs_only_its_own_count(tallies: TallySet) -> None:
    run("ALTER TABLE chat_upload ALTER size TYPE varchar USING size::varchar")
    with undone("ALTER TABLE chat_upload ALTER size TYPE bigint USING size::bigint"):
        with pytest.raises(NotInstalled, match=r"^uploads: function sum\(character varying\) does not exist"):
            Installer(tallies, report=str).install()
        assert {name for name, defect in tally_defects(tallies).items() if not defect} == {
            "users",
            "rooms",
            "messages",
            "teams",
        }
        assert [name for name in database_objects() if "uploads" in name] == []
        run("INSERT INTO chat_upload (id, name, size, uploaded_at) VALUES ('u', 'x', '7', now())")
        assert tallied_source(timezone.now()).defects["uploads"] == "is not installed"


DDL_BETWEEN_WRITES = {
    "a column of the chat renamed": "ALTER TABLE chat_message RENAME is_pinned TO pinned",
    "the ledger dropped": "DROP TABLE statistics_tally_messages_ledger",
    "the ledger renamed": "ALTER TABLE statistics_tally_messages_ledger RENAME TO elsewhere",
    "a column of the ledger dropped": "ALTER TABLE statistics_tally_messages_ledger DROP COLUMN n",
}


@pytest.mark.parametrize("in_savepoint", [False, True])
@pytest.mark.parametrize("statement", DDL_BETWEEN_WRITES.values(), ids=DDL_BETWEEN_WRITES)
def test_a_transaction_that_pulls_away_its_own_ground_between_its_writes_succeeds(
    installed: TallySet, statement: str, in_savepoint: bool
) -> None:
    room = make_room("c")
    try:
        with transaction.atomic():
            make_messages(room, 2)
            run("SET CONSTRAINTS ALL IMMEDIATE")
            with transaction.atomic() if in_savepoint else nullcontext():
                run(statement)
            run("DELETE FROM chat_message WHERE id = (SELECT min(id) FROM chat_message)")
            if "RENAME is_pinned" in statement:
                run("ALTER TABLE chat_message RENAME pinned TO is_pinned")
        source = tallied_source(timezone.now())
        assert "messages" not in source.ready
        assert sum(source.messages().values()) == 1
    finally:
        run("DROP TABLE IF EXISTS elsewhere")
        call_command("tallies", "install", verbosity=0)
    assert len(tallied_source(timezone.now()).ready) == 5
    assert differences(installed) == []


@pytest.mark.parametrize("table", ["statistics_tally_messages_total", "statistics_tally_uploads_ledger"])
def test_a_count_without_one_of_its_tables_is_live_until_it_is_installed_again(installed: TallySet, table: str) -> None:
    make_messages(make_room("c"), 2)
    run(f"DROP TABLE {table}")
    source = tallied_source(timezone.now())
    assert len(source.ready) == 4
    assert_exact(source)
    assert fold(installed) > 0
    call_command("tallies", "install", verbosity=0)
    assert len(tallied_source(timezone.now()).ready) == 5
    assert differences(installed) == []


def test_failures_that_could_not_be_recorded_are_not_forgotten(installed: TallySet) -> None:
    room = make_room("c")
    run("DROP TABLE statistics_tally_failures")
    run("ALTER TABLE statistics_tally_messages_ledger RENAME TO elsewhere")
    make_messages(room, 2)
    run("ALTER TABLE elsewhere RENAME TO statistics_tally_messages_ledger")
    assert tallied_source(timezone.now()).ready == set()
    call_command("tallies", "install", verbosity=0)
    assert len(tallied_source(timezone.now()).ready) == 5
    assert differences(installed) == []


@pytest.mark.parametrize("table", ["statistics_tally_users_total", "statistics_tally_messages_thread"])
def test_a_count_is_folded_after_it_was_installed_beside_a_renamed_table_of_its_own(installed: TallySet, table: str) -> None:
    run(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        call_command("tallies", "install", verbosity=0)
        make_user()
        make_messages(make_room("c"), 1)
        assert fold(installed) > 0
        assert differences(installed) == []
    finally:
        run("DROP TABLE elsewhere")


def test_a_statement_that_was_prepared_before_a_column_was_renamed_shows_nothing(installed: TallySet) -> None:
    """PL/pgSQL caches plans, which need not evaluate every column; a new plan has to resolve the names of all."""
    make_room("c")
    for kind in "pcpcpcpcpcpc":
        with transaction.atomic():
            run("SELECT pg_sleep(0.01)")
            run("UPDATE chat_room SET type = %s", kind)
    run("ALTER TABLE chat_room RENAME type TO renamed")
    with undone("ALTER TABLE chat_room RENAME renamed TO type"):
        with transaction.atomic():
            run("SELECT pg_sleep(0.01)")
            for kind in "dlp":
                run("UPDATE chat_room SET renamed = %s", kind)
        assert "old" in tally_defects(installed)["messages"]
