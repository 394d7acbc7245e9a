"""Installing: by `migrate`, on tables in use, over what is left of another installation; and nothing when it is not wanted."""

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
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import Installer, NotInstalled
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import TalliedSource, tallied_source
from statsproject.chat.models import Message
from tests.chatter import make_messages, make_room

from .conftest import differences, everything_of_ours
from .sql import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def silent(tallies: TallySet, **options: Any) -> Installer:
    return Installer(tallies, say=str, **options)


@contextmanager
def writing() -> Iterator[None]:
    """Be in the middle of writing a message, on another connection."""
    began, may_end = threading.Event(), threading.Event()
    room = make_room()

    def write() -> None:
        with transaction.atomic():
            make_messages(room, 1)
            began.set()
            may_end.wait(20)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert began.wait(20)
    try:
        yield
    finally:
        may_end.set()
        thread.join()


def test_migrate_installs_every_count(tallies: TallySet) -> None:
    make_messages(make_room(), 3)
    call_command("migrate", verbosity=0)
    assert set(tally_defects(tallies).values()) == {""}
    assert sum(tallied_source(timezone.now()).messages().values()) == 3
    assert differences(tallies) == []


def test_migrate_installs_nothing_where_rows_are_to_be_counted_live(tallies: TallySet, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    call_command("migrate", verbosity=0)
    assert everything_of_ours() == []
    make_messages(make_room(), 3)
    source = tallied_source(timezone.now())
    assert sum(source.messages().values()) == 3
    assert source.how_counted() == (Counting.LIVE, {})


def test_a_flush_leaves_the_counts_in_place_and_at_nothing(tallies: TallySet) -> None:
    silent(tallies).install()
    make_messages(make_room(), 3)
    call_command("flush", interactive=False, verbosity=0)
    assert set(tally_defects(tallies).values()) == {""}
    assert set(tallied_source(timezone.now()).messages().values()) == {0}
    assert differences(tallies) == []


@pytest.mark.only_sqlite
@pytest.mark.parametrize("policy", ["ABORT", "FAIL", "ROLLBACK", "IGNORE", "REPLACE"])
def test_what_the_chat_says_of_its_own_conflicts_is_not_said_of_ours(tallies: TallySet, policy: str) -> None:
    silent(tallies).install()
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
def test_an_installation_waits_for_who_is_writing_and_counts_what_they_wrote(tallies: TallySet) -> None:
    said: list[str] = []
    with writing(), pytest.raises(NotInstalled, match='"chat_message"'):
        silent(tallies, patience=0.1, lock_milliseconds=100).install()
    assert Installer(tallies, say=said.append).install() >= 1
    assert sum(tallied_source(timezone.now()).messages().values()) == 1
    assert differences(tallies) == []


@pytest.mark.only_postgresql
def test_the_chat_never_waits_longer_than_one_try(tallies: TallySet) -> None:
    """While the installer waits for one writer it holds up others; it gives way, and they go on."""
    tries: list[str] = []
    room = make_room()
    with writing():
        thread = threading.Thread(target=lambda: _install(tallies, tries))
        thread.start()
        for _ in range(2000):
            with transaction.atomic():
                run("SET LOCAL lock_timeout = '3s'")
                make_messages(room, 1)
            if sum("trying again" in line for line in tries) > 1:
                break
    thread.join()
    assert sum("trying again" in line for line in tries) > 1
    assert differences(tallies) == []


def _install(tallies: TallySet, said: list[str]) -> None:
    Installer(tallies, say=said.append, patience=30, lock_milliseconds=200).install()
    connection.close()


def test_an_installation_that_was_interrupted_goes_on_where_it_was(tallies: TallySet) -> None:
    make_messages(make_room(), 3)

    def interrupt(text: str) -> None:
        if text.startswith("[2/"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Installer(tallies, say=interrupt).install()
    source = TalliedSource(chat_source(timezone.now()))
    assert len(source.ready) == 2
    assert source.how_counted()[0] is Counting.MIXED
    assert silent(tallies).install() == len(Count) - 2
    assert differences(tallies) == []


def test_an_installation_that_fails_in_the_middle_of_counting_leaves_the_count_unread(tallies: TallySet) -> None:
    silent(tallies).install()
    run(f"DELETE FROM statistics_tally_state WHERE name = '{Count.MESSAGES}'")
    make_messages(make_room(), 3)
    source = TalliedSource(chat_source(timezone.now()))
    assert Count.MESSAGES not in source.ready
    assert sum(source.messages().values()) == 3
    assert silent(tallies).install() == 1
    assert differences(tallies) == []


def test_what_an_earlier_declaration_asked_for_is_removed(tallies: TallySet) -> None:
    silent(tallies).install()
    fewer = TallySet(tallies.using, tuple(one for one in tallies.definitions if one.name is not Count.UPLOADS))
    silent(fewer).install()
    assert not [name for name in everything_of_ours() if "uploads" in name]
    assert [name for name in everything_of_ours() if "messages" in name]


def test_rows_without_an_order_of_pages_are_all_counted(tallies: TallySet) -> None:
    """Many slices: rows on every page, and pages that are empty."""
    messages = make_messages(make_room(), 4000)
    Message.objects.filter(pk__in=[message.pk for message in messages[500:2500]]).delete()
    make_messages(make_room("d"), 300)
    silent(tallies).install()
    assert sum(tallied_source(timezone.now()).messages().values()) == 2300
    assert differences(tallies) == []


@pytest.mark.only_postgresql
def test_a_parted_table_is_counted_live_and_said_so(tallies: TallySet) -> None:
    run("CREATE TABLE chat_message_old () INHERITS (chat_message)")
    try:
        call_command("migrate", verbosity=0)
        source = tallied_source(timezone.now())
        assert source.how_counted() == (Counting.MIXED, {"messages": '"chat_message" is parted into several tables.'})
        assert source.ready == set(Count) - {Count.MESSAGES}
    finally:
        run("DROP TABLE chat_message_old")
        clear_declared_tallies()


@pytest.mark.only_postgresql
def test_who_may_make_no_triggers_can_still_migrate(tallies: TallySet) -> None:
    run("DROP ROLE IF EXISTS guest", "CREATE ROLE guest", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    try:
        run("SET ROLE guest")
        call_command("migrate", verbosity=0)
        assert tallied_source(timezone.now()).how_counted()[0] is Counting.LIVE
    finally:
        run("RESET ROLE", "DROP OWNED BY guest", "DROP ROLE guest")
