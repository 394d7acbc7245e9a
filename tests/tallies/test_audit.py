"""Audits: changes that bypass the triggers are found, stored, logged and repaired."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from statistics_app.exceptions import NotAnswered
from statistics_app.models import TallyAudit
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.tallies.audit import Finding, audit, summed_up
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.source import tallied_source
from statistics_app.tasks import audit_tallies
from statsproject.chat.models import Message, Room, Upload
from tests.factories import make_messages, make_room, make_user

from .conftest import differences
from .sql import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.fixture
def installed(tallies: TallySet) -> TallySet:
    """Install every count, and fill the tables with rows whose keys are the same in each database."""
    call_command("migrate", verbosity=0)
    make_messages(make_room("c", id="open"), 3)
    make_messages(make_room("d", id="pair"), 2)
    make_user("ada")
    Upload.objects.create(id="file", size=10)
    fold(tallies)
    return tallies


def write_to_every_table() -> None:
    """Write to every counted table."""
    message = Message.objects.filter(room="open").first()
    make_messages(Room.objects.get(pk="pair"), 4, thread_root=message, is_pinned=True)
    Room.objects.filter(pk="open").update(type="p")
    Upload.objects.update(size=1000)
    make_user("bob", presence="online")


def require_found_and_repaired(tallies: TallySet, *expected: tuple[str, str]) -> TallyAudit:
    """Audit, require these findings (count, key), and require a second audit to find nothing."""
    found = audit(tallies)
    assert found.repaired
    assert found.differences == len(found.findings)
    assert {*expected} <= {(finding["count"], finding["key"]) for finding in found.findings}
    assert differences(tallies) == []
    assert set(tally_defects(tallies).values()) == {""}
    again = audit(tallies)
    assert (again.differences, again.repaired, again.findings) == (0, False, [])
    return found


def test_an_audit_of_correct_counts_finds_nothing_and_is_stored(installed: TallySet) -> None:
    found = audit(installed)
    assert (found.differences, found.repaired) == (0, False)
    assert set(found.counts) == {"users", "rooms", "messages", "uploads", "teams"}
    assert list(TallyAudit.objects.all()) == [found]


@pytest.mark.only_postgresql
@pytest.mark.parametrize("enabling", ["ENABLE TRIGGER ALL", "ENABLE ALWAYS TRIGGER"])
def test_writes_while_the_triggers_were_disabled_are_found(installed: TallySet, enabling: str) -> None:
    """ENABLE TRIGGER ALL is what a restore with --disable-triggers leaves; ENABLE ALWAYS is the app's own setting."""
    tables = ("chat_message", "chat_room", "chat_upload", "chat_user")
    run(*(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables))
    assert tally_defects(installed)["messages"] == "has a trigger that is disabled"  # type: ignore[index]
    write_to_every_table()
    names = {definition.host_tables: definition.triggers for definition in installed.definitions}
    run(*(f"ALTER TABLE {table} ENABLE TRIGGER ALL" for table in tables))
    if "ALWAYS" in enabling:
        for hosts, triggers in names.items():
            run(*(f"ALTER TABLE {hosts[-1 if '_rooms_' in name else 0]} ENABLE ALWAYS TRIGGER {name}" for name in triggers))
    defects = tally_defects(installed)
    assert defects["messages"] == defects["uploads"] == "has a trigger that was changed, or disabled for a time"  # type: ignore[index]
    found = require_found_and_repaired(
        installed,
        ("messages", "room pair (d) messages"),
        ("messages", "room pair (d) pinned"),
        ("messages", "class p messages"),
        ("messages", "room open (c) messages"),
        ("messages", "threads"),
        ("uploads", "[] amount"),
    )
    by_key = {finding["key"]: (finding["expected"], finding["found"]) for finding in found.findings}
    assert by_key["room pair (d) messages"] == (6, 2)
    assert by_key["[] amount"] == (1000, 10)
    assert "triggers" in by_key


@pytest.mark.only_postgresql
def test_writes_of_a_session_with_the_role_replica_are_counted(installed: TallySet) -> None:
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        write_to_every_table()
    assert differences(installed) == []
    assert audit(installed).differences == 0


def test_rooms_booked_under_each_others_class_are_found_although_all_totals_are_correct(installed: TallySet) -> None:
    make_messages(Room.objects.get(pk="pair"), 1)
    fold(installed)
    trigger = "statistics_tally_messages_rooms_changed"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            Room.objects.filter(pk="open").update(type="d")
            Room.objects.filter(pk="pair").update(type="c")
            cursor.execute("DELETE FROM statistics_tally_messages_dirty")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [trigger])
            [definition] = cursor.fetchone()
            cursor.execute(f"DROP TRIGGER {trigger}")
            Room.objects.filter(pk="open").update(type="d")
            Room.objects.filter(pk="pair").update(type="c")
            cursor.execute(definition)
    assert set(tallied_source(timezone.now()).messages().values()) == {3, 0}
    require_found_and_repaired(installed, ("messages", "room open (c) messages"), ("messages", "room open (d) messages"))


@pytest.mark.only_sqlite
def test_a_replacement_does_not_fire_the_delete_trigger_and_is_found(installed: TallySet) -> None:
    run("REPLACE INTO chat_upload (id, name, size, uploaded_at) VALUES ('file', '', 70, '2026-01-01')")
    found = require_found_and_repaired(installed, ("uploads", "[]"), ("uploads", "[] amount"))
    assert [(finding["expected"], finding["found"]) for finding in found.findings] == [(1, 2), (70, 80)]


@pytest.mark.only_sqlite
def test_a_table_that_was_recreated_without_its_triggers_is_found(installed: TallySet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'chat_upload'")
        [definition] = cursor.fetchone()
    run(
        definition.replace("chat_upload", "new_upload", 1),
        "INSERT INTO new_upload SELECT * FROM chat_upload",
        "DROP TABLE chat_upload",
        "ALTER TABLE new_upload RENAME TO chat_upload",
    )
    Upload.objects.create(size=5)
    assert "lacks the trigger" in tally_defects(installed)["uploads"]  # type: ignore[index]
    assert tallied_source(timezone.now()).uploads().count == 2
    require_found_and_repaired(installed, ("uploads", "triggers"), ("uploads", "[]"))


def test_a_changed_sum_is_found_printed_and_logged(installed: TallySet, caplog: pytest.LogCaptureFixture) -> None:
    run("UPDATE statistics_tally_messages_total SET n = n + 7 WHERE class = 'c'")
    out = StringIO()
    with caplog.at_level(logging.WARNING, "statistics_app"):
        call_command("audit_tallies", stdout=out)
    assert "messages: class c messages was 10, not 3.\n" in out.getvalue()
    assert "1 differences in " in out.getvalue()
    assert ", all repaired." in out.getvalue()
    assert "The running count of messages was wrong: class c messages was 10, not 3." in caplog.text
    assert differences(installed) == []


def test_many_differences_are_summed_up() -> None:
    findings = [Finding("messages", f"room {number}", 10, 10 + number) for number in range(-3, 1000)]
    [(name, what)] = summed_up(findings)
    assert name == "messages"
    assert what == (
        "room -3 was 7, not 10; room -2 was 8, not 10; room -1 was 9, not 10; and 1,000 more. "
        "In all, 499,500 too many and 6 too few"
    )


def test_a_negative_sum_is_unknown_with_the_reason(installed: TallySet) -> None:
    run("UPDATE statistics_tally_messages_total SET n = -484 WHERE class = 'c'")
    reason = "The running count of messages is negative, which cannot be: run `manage.py audit_tallies`."
    with pytest.raises(NotAnswered, match="The running count of messages is negative"):
        tallied_source(timezone.now()).messages()
    assert generation.generate(Origin.COMMAND).problems["totalMessages"] == reason
    call_command("audit_tallies", stdout=StringIO())
    assert "totalMessages" not in generation.generate(Origin.COMMAND).problems


def test_the_weekly_task_audits_and_repairs(installed: TallySet) -> None:
    run("UPDATE statistics_tally_users_total SET n = n + 1")
    assert audit_tallies() >= 1
    assert audit_tallies() == 0
    assert TallyAudit.objects.count() == 2


def test_there_is_nothing_to_audit_if_everything_is_counted_live(db: None, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    with pytest.raises(CommandError, match="nothing to audit"):
        call_command("audit_tallies")
