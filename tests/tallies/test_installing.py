"""Installation: by `migrate`, on tables in use, over the rest of another installation, and not at all if it is disabled."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from statistics_app.models.snapshot import Counting
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, clear_declared_tallies
from statistics_app.tallies.definitions import STATE
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import Installer, NotInstalled
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import TalliedSource, tallied_source
from statsproject.chat.models import Message
from tests.factories import make_messages, make_room

from .conftest import database_objects, differences
from .sql import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def silent_installer(tallies: TallySet, **options: Any) -> Installer:
    return Installer(tallies, report=str, **options)


@contextmanager
def writing() -> Iterator[None]:
    """Hold a transaction open that has written a message, on another connection."""
    written, may_commit = threading.Event(), threading.Event()
    room = make_room()

    def write() -> None:
        with transaction.atomic():
            make_messages(room, 1)
            written.set()
            may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert written.wait(20)
    try:
        yield
    finally:
        may_commit.set()
        thread.join()


def test_migrate_installs_every_count(tallies: TallySet) -> None:
    make_messages(make_room(), 3)
    call_command("migrate", verbosity=0)
    assert set(tally_defects(tallies).values()) == {""}
    assert sum(tallied_source(timezone.now()).messages().values()) == 3
    assert differences(tallies) == []


def test_migrate_installs_nothing_if_rows_are_to_be_counted_live(tallies: TallySet, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    call_command("migrate", verbosity=0)
    assert database_objects() == []
    make_messages(make_room(), 3)
    source = tallied_source(timezone.now())
    assert sum(source.messages().values()) == 3
    assert source.how_counted() == (Counting.LIVE, {})


def test_a_flush_leaves_the_counts_installed_and_zero(tallies: TallySet) -> None:
    silent_installer(tallies).install()
    make_messages(make_room(), 3)
    call_command("flush", interactive=False, verbosity=0)
    assert set(tally_defects(tallies).values()) == {""}
    assert set(tallied_source(timezone.now()).messages().values()) == {0}
    assert differences(tallies) == []


@pytest.mark.only_sqlite
@pytest.mark.parametrize("policy", ["ABORT", "FAIL", "ROLLBACK", "IGNORE", "REPLACE"])
def test_a_conflict_clause_of_the_chat_does_not_change_the_triggers_conflicts(tallies: TallySet, policy: str) -> None:
    silent_installer(tallies).install()
    room = make_room()
    for key in ("one", "two", "three"):
        run(
            f"INSERT OR {policy} INTO chat_message (id, room_id, thread_root_id, sent_at, is_pinned) "
            f"VALUES ('{key}', '{room.pk}', 'root', '2026-01-01 12:00:00', true)",
            f"INSERT OR {policy} INTO chat_upload (id, name, size, uploaded_at) VALUES ('{key}', '', 1, '2026-01-01 12:00:00')",
        )
    assert tallied_source(timezone.now()).pinned() == tallied_source(timezone.now()).uploads().count == 3
    assert differences(tallies) == []


@pytest.mark.only_postgresql
def test_an_installation_waits_for_open_transactions_and_counts_their_rows(tallies: TallySet) -> None:
    lines: list[str] = []
    with writing(), pytest.raises(NotInstalled, match='"chat_message"'):
        silent_installer(tallies, patience=0.1, lock_milliseconds=100).install()
    assert Installer(tallies, report=lines.append).install() >= 1
    assert sum(tallied_source(timezone.now()).messages().values()) == 1
    assert differences(tallies) == []


@pytest.mark.only_postgresql
def test_the_chat_never_waits_longer_than_one_attempt(tallies: TallySet) -> None:
    """While the installer waits for one writer it blocks others, until its lock times out and they continue."""
    lines: list[str] = []
    room = make_room()
    with writing():
        thread = threading.Thread(target=lambda: _install(tallies, lines))
        thread.start()
        for _ in range(2000):
            with transaction.atomic():
                run("SET LOCAL lock_timeout = '3s'")
                make_messages(room, 1)
            if sum("retrying" in line for line in lines) > 1:
                break
    thread.join()
    assert sum("retrying" in line for line in lines) > 1
    assert differences(tallies) == []


def _install(tallies: TallySet, lines: list[str]) -> None:
    Installer(tallies, report=lines.append, patience=30, lock_milliseconds=200).install()
    connection.close()


def test_an_interrupted_installation_resumes_where_it_stopped(tallies: TallySet) -> None:
    make_messages(make_room(), 3)

    def interrupt(text: str) -> None:
        if text.startswith("[2/"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Installer(tallies, report=interrupt).install()
    source = TalliedSource(chat_source(timezone.now()))
    assert len(source.ready) == 2
    assert source.how_counted()[0] is Counting.MIXED
    assert silent_installer(tallies).install() == len(Count) - 2
    assert differences(tallies) == []


def test_a_count_whose_installation_failed_while_counting_is_not_read(tallies: TallySet) -> None:
    silent_installer(tallies).install()
    run(f"DELETE FROM statistics_tally_state WHERE name = '{Count.MESSAGES}'")
    make_messages(make_room(), 3)
    source = TalliedSource(chat_source(timezone.now()))
    assert Count.MESSAGES not in source.ready
    assert sum(source.messages().values()) == 3
    assert silent_installer(tallies).install() == 1
    assert differences(tallies) == []


def test_counts_of_an_earlier_declaration_are_removed(tallies: TallySet) -> None:
    silent_installer(tallies).install()
    fewer = TallySet(tallies.using, tuple(one for one in tallies.definitions if one.name is not Count.UPLOADS))
    silent_installer(fewer).install()
    assert not [name for name in database_objects() if "uploads" in name]
    assert [name for name in database_objects() if "messages" in name]


def test_all_rows_of_many_slices_are_counted(tallies: TallySet) -> None:
    """Some of the pages have rows, and some are empty."""
    messages = make_messages(make_room(), 4000)
    Message.objects.filter(pk__in=[message.pk for message in messages[500:2500]]).delete()
    make_messages(make_room("d"), 300)
    silent_installer(tallies).install()
    assert sum(tallied_source(timezone.now()).messages().values()) == 2300
    assert differences(tallies) == []


@pytest.mark.only_postgresql
def test_a_table_with_child_tables_is_counted_live_and_reported(tallies: TallySet) -> None:
    run("CREATE TABLE chat_message_old () INHERITS (chat_message)")
    try:
        call_command("migrate", verbosity=0)
        source = tallied_source(timezone.now())
        assert source.how_counted() == (Counting.MIXED, {"messages": '"chat_message" is a partitioned table.'})
        assert source.ready == set(Count) - {Count.MESSAGES}
    finally:
        run("DROP TABLE chat_message_old")
        clear_declared_tallies()


@pytest.mark.only_postgresql
def test_a_role_without_the_privilege_to_create_triggers_can_migrate(tallies: TallySet) -> None:
    run("DROP ROLE IF EXISTS guest", "CREATE ROLE guest", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    try:
        run("SET ROLE guest")
        call_command("migrate", verbosity=0)
        assert tallied_source(timezone.now()).how_counted()[0] is Counting.LIVE
    finally:
        run("RESET ROLE", "DROP OWNED BY guest", "DROP ROLE guest")


def test_the_table_of_installed_counts_is_readable_as_soon_as_it_is_there(tallies: TallySet) -> None:
    """Others read it at any moment, as a fold in a worker does."""
    silent_installer(tallies).install()
    run(f"DROP TABLE {STATE}")
    seen: list[set[Count]] = []

    def read_after(execute: Any, sql: str, *arguments: Any) -> Any:
        result = execute(sql, *arguments)
        if STATE in sql and "CREATE TABLE" in sql:
            seen.append(set(tally_defects(tallies)))
        return result

    with connection.execute_wrapper(read_after):
        silent_installer(tallies).install()
    assert seen == [set(Count)]
    assert set(tally_defects(tallies).values()) == {""}
