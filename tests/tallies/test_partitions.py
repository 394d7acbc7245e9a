"""Messages in a partitioned table are counted exactly, whichever table is named, and while partitions come and go."""

import time
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.audit import audit
from statistics_app.tallies.declared import TallySet, clear_declared_tallies, declared_tallies
from statistics_app.tallies.definitions import PartitionedDefinition
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import tallied_source
from statistics_app.tallies.transactions import counting_transaction

from .conftest import tallies
from .partitions import (
    COLUMNS,
    IN_FEB_0,
    MARCH,
    Crowd,
    as_another_role,
    assert_exact,
    assert_live_until_settled,
    defect,
    fill,
    in_thread,
    partitioned,
    put,
    rows_read,
)
from .sql import run, value

__all__ = ["partitioned", "tallies"]  # fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.only_postgresql]

CHANGES = (
    MARCH,
    "ALTER TABLE chat_message DETACH PARTITION message_jan",
    "INSERT INTO message_jan (id, room_id, sent_at, is_pinned) VALUES (gen_random_uuid(), 'open', '2026-01-20Z', true)",
    "CREATE TABLE message_apr (LIKE chat_message INCLUDING ALL)",
    """INSERT INTO message_apr (id, room_id, sent_at, is_pinned)
    SELECT gen_random_uuid(), 'pair', '2026-04-20Z', false FROM generate_series(1, 50)""",
    "ALTER TABLE chat_message ATTACH PARTITION message_apr FOR VALUES FROM ('2026-04-01Z') TO ('2026-05-01Z')",
    "ALTER TABLE chat_message ATTACH PARTITION message_jan FOR VALUES FROM ('2026-01-01Z') TO ('2026-02-01Z')",
    "TRUNCATE message_feb_0",
    "ALTER TABLE chat_message DETACH PARTITION message_mar CONCURRENTLY",
    "DROP TABLE message_mar",
    "DROP TABLE message_apr",
)


def test_writes_through_the_table_and_through_partitions_are_counted_once(partitioned: TallySet) -> None:
    fill()
    assert_exact(partitioned)
    assert sum(tallied_source(timezone.now()).messages().values()) == 18
    for table in ("chat_message", "message_jan", "message_feb"):
        run(
            f"UPDATE {table} SET room_id = 'pair', is_pinned = NOT is_pinned WHERE id IN ('j1', 'f1')",
            f"UPDATE {table} SET thread_root_id = NULL WHERE id IN ('j2', 'f2', 'leaf')",
            f"DELETE FROM {table} WHERE id IN ('j3', 'f3')",
        )
        assert_exact(partitioned)
    run(
        f"INSERT INTO chat_message {COLUMNS} SELECT 'copy' || id, room_id, id, sent_at, true FROM chat_message",
        "INSERT INTO chat_message (id, room_id, sent_at, is_pinned) VALUES ('j4', 'open', '2026-01-15Z', true) "
        "ON CONFLICT (id, sent_at) DO UPDATE SET room_id = 'open', is_pinned = true",
        "UPDATE chat_room SET type = 'p' WHERE id = 'pair'",
    )
    assert_exact(partitioned)


def test_writes_by_a_foreign_key_and_by_a_replica_are_counted(partitioned: TallySet) -> None:
    run("ALTER TABLE chat_message ADD FOREIGN KEY (room_id) REFERENCES chat_room ON DELETE CASCADE")
    fill()
    run("DELETE FROM chat_room WHERE id = 'pair'")
    assert value("SELECT count(*) FROM chat_message WHERE room_id = 'pair'") == 0
    try:
        run("SET session_replication_role = replica")
        put("chat_message", "replicated", 1, root="j1")
        put("message_feb_0", "replicated", 2) if value(IN_FEB_0) else put("message_feb_1", "replicated", 2)
    finally:
        run("RESET session_replication_role")
    assert_exact(partitioned)


def test_a_partition_with_partitions_of_its_own_goes_and_comes(partitioned: TallySet) -> None:
    fill()
    run("ALTER TABLE chat_message DETACH PARTITION message_feb")
    assert_live_until_settled(partitioned, "detached")
    run("DELETE FROM message_feb WHERE id < 'f4'")
    run("ALTER TABLE chat_message ATTACH PARTITION message_feb FOR VALUES FROM ('2026-02-01Z') TO ('2026-03-01Z')")
    assert_live_until_settled(partitioned, "attached")
    run("ALTER TABLE message_feb DETACH PARTITION message_feb_0")
    assert_live_until_settled(partitioned, "detached")


def test_a_partition_that_is_created_and_filled_in_an_open_transaction_is_counted(partitioned: TallySet) -> None:
    fill()
    with transaction.atomic():
        run(MARCH)
        put("chat_message", "m1", 3)
        assert "attached" in defect(partitioned)
    assert_live_until_settled(partitioned, "attached")


def test_rows_that_move_between_partitions_are_counted_once(partitioned: TallySet) -> None:
    fill()
    run("UPDATE chat_message SET sent_at = '2026-02-03Z', room_id = 'pair' WHERE id LIKE 'j%'")
    assert_exact(partitioned)
    run("UPDATE message_feb SET id = id || '-' || id")
    assert_exact(partitioned)
    run(
        "MERGE INTO chat_message m USING (SELECT 'leaf' AS key UNION SELECT 'new') s ON m.id = s.key "
        "WHEN MATCHED THEN UPDATE SET sent_at = '2026-02-04Z', is_pinned = false "
        f"WHEN NOT MATCHED THEN INSERT {COLUMNS} VALUES (s.key, 'open', 'r9', '2026-01-04Z', true)"
    )
    assert_exact(partitioned)
    run("ALTER TABLE chat_message DETACH PARTITION message_feb", "DROP TABLE message_feb")
    assert_live_until_settled(partitioned, "detached")
    assert sum(tallied_source(timezone.now()).messages().values()) == 1


@pytest.mark.parametrize("table", ["message_jan", "message_feb_0", "message_feb", "chat_message"])
def test_a_truncated_partition_is_counted_again(partitioned: TallySet, table: str) -> None:
    fill()
    fold(partitioned)
    put("chat_message", "late")
    run(f"TRUNCATE {table}")
    put("chat_message", "later")
    assert_live_until_settled(partitioned, "truncated")


def test_a_truncate_in_an_older_view_of_the_data_is_counted(partitioned: TallySet) -> None:
    fill()
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1")
        in_thread(lambda: put("chat_message", "unseen"))
        in_thread(lambda: fold(partitioned))
        run("TRUNCATE message_jan")
    assert_live_until_settled(partitioned, "truncated")


def test_a_new_partition_is_counted_by_itself(partitioned: TallySet) -> None:
    fill()
    fold(partitioned)
    read = rows_read("message_jan")
    run(MARCH)
    put("chat_message", "m1", 3)
    assert "attached" in defect(partitioned)
    fold(partitioned)
    assert defect(partitioned) == ""
    assert rows_read("message_jan") == read
    put("message_mar", "m2", 3, root="m1")
    assert_exact(partitioned)


def test_an_attached_partition_is_counted_by_itself(partitioned: TallySet) -> None:
    fill()
    run("CREATE TABLE message_mar (LIKE chat_message INCLUDING ALL)")
    put("message_mar", "m1", 3, root="r1", pinned=True)
    put("message_mar", "m2", 3, "pair")
    assert_exact(partitioned)
    run("ALTER TABLE chat_message ATTACH PARTITION message_mar FOR VALUES FROM ('2026-03-01Z') TO ('2026-04-01Z')")
    put("message_mar", "m3", 3)
    assert_live_until_settled(partitioned, "attached")
    assert sum(tallied_source(timezone.now()).messages().values()) == 21


def test_dropping_a_partition_reads_no_other(partitioned: TallySet) -> None:
    fill()
    fold(partitioned)
    put("chat_message", "late", 1, root="r1")
    read = [rows_read(f"message_feb_{number}") for number in range(2)]
    run("DROP TABLE message_jan")
    assert "detached" in defect(partitioned)
    fold(partitioned)
    assert defect(partitioned) == ""
    assert [rows_read(f"message_feb_{number}") for number in range(2)] == read
    assert_exact(partitioned)
    assert sum(tallied_source(timezone.now()).messages().values()) == 9


def test_what_is_written_to_a_detached_partition_is_counted_when_it_is_attached_again(partitioned: TallySet) -> None:
    fill()
    fold(partitioned)
    run("ALTER TABLE chat_message DETACH PARTITION message_jan")
    put("message_jan", "alone")
    run("DELETE FROM message_jan WHERE id = 'j1'")
    run("ALTER TABLE chat_message ATTACH PARTITION message_jan FOR VALUES FROM ('2026-01-01Z') TO ('2026-02-01Z')")
    assert_live_until_settled(partitioned, "attached")
    run("ALTER TABLE chat_message DETACH PARTITION message_jan CONCURRENTLY")
    put("message_jan", "alone again")
    run("TRUNCATE message_jan")
    assert_live_until_settled(partitioned, "detached")


def test_a_partition_that_came_and_went_unnoticed_leaves_nothing(partitioned: TallySet) -> None:
    fill()
    fold(partitioned)
    run(MARCH)
    put("chat_message", "m1", 3)
    run("DROP TABLE message_mar")
    assert_live_until_settled(partitioned, "gone")


def test_a_fold_leaves_the_changes_of_a_partition_that_is_not_counted(partitioned: TallySet) -> None:
    """A partition may be created between the look-up of the partitions and the fold."""
    fill()
    run(MARCH)
    put("chat_message", "m1", 3, root="r1")
    run(partitioned.messages.fold, "DROP TABLE message_mar")
    assert_live_until_settled(partitioned, "gone")


def test_a_table_without_partitions_is_counted(partitioned: TallySet) -> None:
    run("DROP TABLE message_jan, message_feb")
    fold(partitioned)
    Installer(partitioned, report=str).uninstall()
    Installer(partitioned, report=str).install()
    assert_exact(partitioned)
    run(MARCH)
    put("chat_message", "m1", 3)
    assert_live_until_settled(partitioned, "attached")


def test_a_partition_in_use_is_counted_live_until_its_writer_ends(partitioned: TallySet) -> None:
    """An installation does not recount all partitions because of that, and an audit does not report it."""
    found: list[Any] = []
    counted: list[int] = []
    fill()
    run(MARCH)
    with transaction.atomic():
        put("chat_message", "m1", 3)
        began = time.monotonic()
        in_thread(lambda: fold(partitioned))
        assert time.monotonic() - began < 5
        in_thread(lambda: found.append(audit(partitioned)))
        in_thread(lambda: counted.append(Installer(partitioned, report=str).install()))
        put("message_mar", "m2", 3)
    assert (found[0].differences, counted) == (0, [0])
    assert_live_until_settled(partitioned, "attached")


def test_other_partitioned_tables_are_counted_live(tallies: TallySet) -> None:
    run(
        "ALTER TABLE chat_upload RENAME TO chat_upload_plain",
        "CREATE TABLE chat_upload (LIKE chat_upload_plain) PARTITION BY RANGE (uploaded_at)",
    )
    clear_declared_tallies()
    try:
        declared = declared_tallies(chat_source(timezone.now()))
        assert declared.reasons == {Count.UPLOADS: '"chat_upload" is a partitioned table.'}
        assert declared.of(Count.UPLOADS) is None
    finally:
        run("DROP TABLE chat_upload", "ALTER TABLE chat_upload_plain RENAME TO chat_upload")
        clear_declared_tallies()


@pytest.mark.parametrize("trigger", ["statistics_tally_messages_added", "statistics_tally_messages_part_emptied", "ALL"])
def test_a_partition_whose_triggers_were_disabled_is_counted_again(partitioned: TallySet, trigger: str) -> None:
    fill()
    run(f"ALTER TABLE message_jan DISABLE TRIGGER {trigger}")
    put("message_jan", "unseen")
    run("TRUNCATE message_feb_0")
    assert "changed" in defect(partitioned)
    run(f"ALTER TABLE message_jan ENABLE ALWAYS TRIGGER {trigger.replace('ALL', 'statistics_tally_messages_added')}")
    assert_live_until_settled(partitioned, "changed")


def test_a_read_outside_of_a_transaction_is_refused_if_a_partition_went_in_between(partitioned: TallySet) -> None:
    fill()
    source = tallied_source(timezone.now())
    assert Count.MESSAGES in source.ready
    run("DROP TABLE message_jan")
    for question in ("messages", "threads", "pinned", "room_use", "top_rooms"):
        with pytest.raises(DatabaseError, match="has partitions that were attached, detached or changed"):
            getattr(source, question)()


def test_a_view_of_the_data_sees_the_partitions_and_sums_of_one_moment(partitioned: TallySet) -> None:
    fill()
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1")

        def change() -> None:
            run("DROP TABLE message_jan")
            fold(partitioned)

        in_thread(change)
        source = tallied_source(timezone.now())
        assert Count.MESSAGES in source.ready
        assert sum(source.messages().values()) == 18
    assert sum(tallied_source(timezone.now()).messages().values()) == 9


def test_an_audit_settles_first_and_finds_and_repairs_a_wrong_sum(partitioned: TallySet) -> None:
    fill()
    fold(partitioned)
    run("DROP TABLE message_jan")
    assert audit(partitioned).differences == 0
    run("UPDATE statistics_tally_messages_total SET n = n + 1 WHERE class = 'c'")
    assert audit(partitioned).differences == 1
    assert_exact(partitioned)


def test_an_installation_over_rows_counts_them(partitioned: TallySet) -> None:
    Installer(partitioned, report=str).uninstall()
    fill()
    Installer(partitioned, report=str).install()
    assert_exact(partitioned)
    Installer(partitioned, report=str).install(recount=list(Count))
    assert_exact(partitioned)


def test_a_failing_trigger_lets_the_write_succeed_and_the_count_is_live(partitioned: TallySet) -> None:
    run("ALTER TABLE statistics_tally_messages_ledger RENAME TO elsewhere")
    fill()
    assert value("SELECT count(*) FROM chat_message") == 18
    run("ALTER TABLE elsewhere RENAME TO statistics_tally_messages_ledger")
    assert "trigger failed" in defect(partitioned)
    fold(partitioned)
    assert "trigger failed" in defect(partitioned)
    Installer(partitioned, report=str).install()
    assert_exact(partitioned)


def test_another_role_writes_and_is_counted(partitioned: TallySet) -> None:
    with as_another_role():
        fill()
        run("UPDATE chat_message SET sent_at = '2026-02-03Z' WHERE id = 'j1'", "DELETE FROM message_jan WHERE id = 'j2'")
    assert_exact(partitioned)
    with as_another_role():
        run("TRUNCATE message_feb_1")
    assert_live_until_settled(partitioned, "truncated")


@pytest.mark.parametrize(
    ("rounds", "reads"),
    # Ten thousand reads in eight parts: each begins with few rows, so that comparing them stays quick.
    [(3, 2), *[pytest.param(5, 23, marks=[pytest.mark.long, pytest.mark.timeout(1800)])] * 8],
    ids=["short", *(f"part {number}" for number in range(8))],
)
def test_partitions_come_and_go_while_people_write(partitioned: TallySet, rounds: int, reads: int) -> None:
    definition = partitioned.messages
    assert isinstance(definition, PartitionedDefinition)
    compared = 0
    with Crowd(partitioned) as crowd:
        for change in CHANGES * rounds:
            run(change)
            until = time.monotonic() + 5 * reads
            before = compared
            while compared < before + reads and time.monotonic() < until:
                with suppress(DatabaseError), counting_transaction(partitioned.using, definition) as cursor:
                    cursor.execute(definition.standing)
                    [standing] = cursor.fetchone()
                    cursor.execute(definition.compare)
                    found = cursor.fetchall()
                    if not standing:
                        assert found == [], change
                        compared += 1
                time.sleep(0.005)
    print(f"reads compared: {compared}, transactions: {crowd.written}")
    assert crowd.errors == []
    assert crowd.written > 100
    assert compared >= reads * rounds * len(CHANGES)
    fold(partitioned)
    assert_exact(partitioned)
