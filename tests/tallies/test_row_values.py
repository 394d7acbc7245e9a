"""What may change without a write, or cannot be computed by every client, is counted live, with the reason."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.db.models import DateField, ExpressionWrapper, F, Func, IntegerField, Q, TextField, Value
from django.db.models.functions import Cast, Length, Lower, Now, Random
from django.utils import timezone
from pytest_django import Settings

from statistics_app.sources.loading import chat_source
from statistics_app.sources.tables import UserTable
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import User
from statsproject.chat.statistics_source import WorkspaceSource
from tests.factories import make_user

from .conftest import tallies

__all__ = ["tallies"]  # a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

AT = datetime(2026, 3, 1, tzinfo=UTC)
LIVE = {
    "the present time": (Q(last_login__gt=Now() - timedelta(minutes=5)), "Now"),
    "chance": (Q(pk__gt=Random()), "Random"),
    "a day, which depends on the zone": (Q(date_joined__date=AT.date()), "TruncDate"),
    "a year, which depends on the zone": (Q(date_joined__hour=3), "ExtractHour"),
    "a cast, which may fail": (Q(pk=Cast("username", IntegerField())), "Cast"),
    "a time as text": (Q(username=Cast("date_joined", TextField())), "Cast"),
    "a function of the host's own": (Q(username=Func(F("name"), function="reverse", output_field=TextField())), "Func"),
    "a division": (Q(pk=ExpressionWrapper(Value(1) / Length("username"), IntegerField())), "CombinedExpression"),
    "text of a time": (Q(date_joined__contains="2026"), "contains of something not text"),
    "upper case of a number": (Q(username__iexact=1), "iexact of something not text"),
    "a number as a pattern": (Q(username__startswith=Length("name")), "startswith of something not text"),
    "a day against a time": (Q(date_joined__gt=Cast("date_joined", DateField())), "Cast"),
}
RUNNING = {
    "a comparison": Q(is_active=True, presence__in=["online", "away"]),
    "a text": Q(username__istartswith="a") | ~Q(name__contains="b"),
    "a time": Q(date_joined__gte=AT),
    "columns against each other": Q(username=F("name")),
    "a small function": Q(username=Lower("name")),
}


class OddSource(WorkspaceSource):
    """The workspace with an odd condition of active accounts."""


def declare(settings: Settings, active: Q) -> None:
    OddSource.user_table = UserTable(model="chat.User", active=active)
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{OddSource.__module__}.{OddSource.__name__}"}
    call_command("migrate", verbosity=0)


@pytest.mark.parametrize(("condition", "reason"), LIVE.values(), ids=LIVE)
def test_it_is_counted_live_with_the_reason(tallies: TallySet, settings: Settings, condition: Q, reason: str) -> None:
    declare(settings, condition)
    found = tallied_source(timezone.now()).tallies.reasons["users"]
    assert f"uses {reason}, " in found
    messages = [message for message in run_checks(databases=["default"]) if message.id == "statistics_app.I001"]
    assert [message.msg for message in messages] == [f"users are counted live. {found}"]
    make_user("ada")


@pytest.mark.parametrize("condition", RUNNING.values(), ids=RUNNING)
def test_what_depends_on_the_row_alone_is_counted_by_triggers(tallies: TallySet, settings: Settings, condition: Q) -> None:
    declare(settings, condition)
    assert "users" in tallied_source(timezone.now()).ready
    make_user("ada", name="ada", presence="online", date_joined=AT)
    make_user("bea", name="Bea", is_active=False)
    User.objects.filter(username="bea").update(name="bea", presence="away")
    key = repr
    assert sorted(tallied_source(timezone.now()).users(), key=key) == sorted(chat_source(timezone.now()).users(), key=key)


@pytest.mark.only_sqlite
@pytest.mark.parametrize("condition", [Q(username__iregex="^a"), Q(username__regex="a")])
def test_a_plain_client_of_sqlite_writes_although_a_condition_needs_djangos_functions(
    tallies: TallySet, settings: Settings, condition: Q
) -> None:
    declare(settings, condition)
    assert "users" in tallied_source(timezone.now()).tallies.reasons
    make_user("ada")
    plain = sqlite3.connect(str(connection.settings_dict["NAME"]), uri=True)
    try:
        plain.execute("UPDATE chat_user SET name = 'Ada', username = 'lovelace'")
        plain.commit()
    finally:
        plain.close()
    assert User.objects.get().username == "lovelace"
