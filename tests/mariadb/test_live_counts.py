"""On MariaDB there are no triggers: everything is counted live, and the app says so."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from statistics_app.db.transactions import consistent_read
from statistics_app.models import Person, Snapshot
from statistics_app.models.snapshot import Counting, Origin
from statistics_app.snapshots import generation
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.only_mariadb]


def test_the_status_says_that_there_are_no_triggers(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tallies", "install")
    call_command("tallies", "uninstall")
    call_command("tallies", "status")
    printed = capsys.readouterr().out
    assert "0 counts created." in printed
    assert printed.count("There are no triggers for this database, so all rows are counted live.") == 2


def test_the_checks_say_so_unless_it_is_asked_for(settings: Settings) -> None:
    def found() -> list[str]:
        return [message.id for message in run_checks(databases=["default"]) if "statistics_app" in str(message.id)]

    assert found() == ["statistics_app.I002"]
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    assert found() == []


def test_a_snapshot_counts_the_rows() -> None:
    User.objects.create_user("ada")
    snapshot = generation.generate(Origin.COMMAND)
    assert (snapshot.total_users, snapshot.counting) == (1, Counting.LIVE)
    assert Snapshot.objects.get().body == snapshot.body


def test_questions_are_asked_in_one_view_of_the_data() -> None:
    User.objects.create_user("ada")
    source, other = tallied_source(timezone.now()), connection.copy()
    with consistent_read("default", 10):
        before = source.users()
        with other.cursor() as cursor:
            cursor.execute("UPDATE chat_user SET is_active = 0")
        other.close()
        assert source.users() == before
    assert source.users() != before


def test_keys_that_differ_in_case_only_are_different_people() -> None:
    people = Person.objects.of_keys({"aB", "ab"})
    assert people["aB"].pk != people["ab"].pk
