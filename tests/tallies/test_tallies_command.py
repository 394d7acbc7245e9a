"""`manage.py tallies`: install, uninstall, status."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from statistics_app.tallies.declared import TallySet
from tests.factories import make_messages, make_room

from .conftest import database_objects
from .sql import run
from .test_installing import writing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def run_command(*arguments: str) -> str:
    out = StringIO()
    call_command("tallies", *arguments, stdout=out)
    return out.getvalue()


def test_install_prints_its_steps_and_then_the_status(tallies: TallySet) -> None:
    make_messages(make_room(), 3)
    output = run_command("install")
    assert "[5/5] messages: counted in " in output
    assert "5 counts created." in output
    assert "messages: running since 20" in output
    assert "0 counts created." in run_command("install")


def test_uninstall_removes_everything(tallies: TallySet) -> None:
    run_command("install")
    assert database_objects()
    assert "The running counts were removed." in run_command("uninstall")
    assert database_objects() == []


def test_status_names_defects(tallies: TallySet) -> None:
    remedy = "`manage.py tallies install` installs what is not running, and recounts the rows."
    assert "users: is not installed" in run_command("status")
    assert remedy in run_command("status")
    run_command("install")
    assert remedy not in run_command("status")
    run("DROP TRIGGER statistics_tally_users_added" + (" ON chat_user" if connection.vendor == "postgresql" else ""))
    assert "users: lacks the trigger statistics_tally_users_added" in run_command("status")
    assert "rooms: running since" in run_command("status")


@pytest.mark.only_postgresql
def test_status_prints_the_size_of_the_ledgers(tallies: TallySet) -> None:
    run_command("install")
    assert "ledgers: 0 bytes" in run_command("status")
    make_messages(make_room(), 3)
    assert "ledgers: 0 bytes" not in run_command("status")


@pytest.mark.only_postgresql
def test_an_installation_that_gives_up_prints_the_reason(tallies: TallySet) -> None:
    with writing(), pytest.raises(CommandError, match=r"chat_message.*in use for 0\.1 s, so nothing was changed"):
        run_command("install", "--patience", "0.1")


def test_status_prints_that_everything_is_counted_live(db: None, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    nothing = "Nothing is counted by triggers here; all rows are counted live.\n"
    names = "messages, rooms, teams, uploads, users"
    removal = f"{names}: installed and not used; `manage.py tallies uninstall` removes the triggers.\n"
    assert run_command("status") in {nothing, nothing + removal}
