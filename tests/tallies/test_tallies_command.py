"""`manage.py tallies`: install, uninstall, status."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from statistics_app.tallies.declared import TallySet
from tests.chatter import make_messages, make_room

from .conftest import everything_of_ours
from .sql import run
from .test_installing import writing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def say(*arguments: str) -> str:
    out = StringIO()
    call_command("tallies", *arguments, stdout=out)
    return out.getvalue()


def test_install_says_what_it_makes_and_then_how_all_stands(tallies: TallySet) -> None:
    make_messages(make_room(), 3)
    said = say("install")
    assert "[5/5] messages: counted in " in said
    assert "5 counts made." in said
    assert "messages: running since 20" in said
    assert "0 counts made." in say("install")


def test_uninstall_leaves_no_trace(tallies: TallySet) -> None:
    say("install")
    assert everything_of_ours()
    assert "Nothing of the running counts is left." in say("uninstall")
    assert everything_of_ours() == []


def test_status_names_what_does_not_stand(tallies: TallySet) -> None:
    assert "users: is not installed" in say("status")
    say("install")
    run("DROP TRIGGER statistics_tally_users_added" + (" ON chat_user" if connection.vendor == "postgresql" else ""))
    assert "users: lacks the trigger statistics_tally_users_added" in say("status")
    assert "rooms: running since" in say("status")


@pytest.mark.only_postgresql
def test_status_measures_the_ledgers(tallies: TallySet) -> None:
    say("install")
    assert "ledgers: 0 bytes" in say("status")
    make_messages(make_room(), 3)
    assert "ledgers: 0 bytes" not in say("status")


@pytest.mark.only_postgresql
def test_an_installation_that_has_to_give_up_says_why(tallies: TallySet) -> None:
    with writing(), pytest.raises(CommandError, match=r"chat_message.*in use for 0\.1 s, so nothing was changed"):
        say("install", "--patience", "0.1")


def test_status_says_that_all_is_counted_live(db: None, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    assert say("status") == "Nothing is counted by triggers here; every count is made live.\n"
