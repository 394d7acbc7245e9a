"""Expired tokens go by a task of every night, and nothing else goes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.utils import timezone

from statistics_app.accounts import tokens
from statistics_app.exceptions import ParameterError
from statistics_app.models import AccessToken
from statistics_app.models.access_token import TokenKind
from statistics_app.snapshots.schedule import beat_schedule
from statsproject.celery import app
from tests.chatter import NOON
from tests.conftest import Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DAY = timedelta(days=1)
ENTRY = "purge-expired-tokens"


def purge() -> Any:
    """Run what the schedule runs."""
    app.loader.import_default_modules()
    return app.tasks[beat_schedule()[ENTRY]["task"]].apply().get()


def names() -> set[str]:
    """Name what is left."""
    return set(AccessToken.objects.values_list("name", flat=True))


def test_the_schedule_of_beat_has_the_task_once_a_day() -> None:
    app.loader.import_default_modules()
    app.finalize()
    entry = app.conf.beat_schedule[ENTRY]
    assert entry == beat_schedule()[ENTRY]
    assert entry["task"] in app.tasks
    assert isinstance(entry["schedule"], crontab)
    assert (len(entry["schedule"].hour), len(entry["schedule"].minute)) == (1, 1)
    assert (app.conf.timezone, app.conf.enable_utc) == ("UTC", True)


def test_the_task_removes_what_has_expired_and_nothing_else(member: Person, viewer: Person) -> None:
    AccessToken.objects.all().delete()
    now = timezone.now()
    for person in (member, viewer):
        for kind in TokenKind:
            for word, expires_at in (("gone", now - timedelta(seconds=1)), ("good", now + DAY), ("lasting", None)):
                name = f"{word} {kind} {person.user.pk}"
                AccessToken.objects.issue(person.user, kind=kind, name=name, expires_at=expires_at)
    before = names()
    assert purge() == 4
    assert before - names() == {name for name in before if name.startswith("gone")}
    assert purge() == 0
    assert len(names()) == 8


def test_a_token_is_purged_from_the_moment_on_at_which_it_expires(member: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        AccessToken.objects.all().delete()
        tokens.issue_personal_token(member.user, "monitoring", NOON + DAY)
        assert tokens.purge_expired_tokens(NOON + DAY - timedelta(microseconds=1)) == 0
        assert tokens.purge_expired_tokens(NOON + DAY) == 1


def test_tokens_that_a_password_or_an_account_ended_are_kept_until_they_expire(member: Person, inactive: Person) -> None:
    member.user.set_password("another password")
    member.user.save()
    assert purge() == 0
    with time_machine.travel(timezone.now() + 91 * DAY):
        assert purge() == 2


def test_reading_purges_nothing(member: Person) -> None:
    tokens.issue_personal_token(member.user, "monitoring", timezone.now() + DAY)
    AccessToken.objects.filter(name="monitoring").update(expires_at=timezone.now())
    for path in ("users.getPersonalAccessTokens", "me"):
        member.get(path)
    member.browser().get("/statistics/tokens/")
    assert "monitoring" in names()


def test_a_token_cannot_expire_in_the_past_whatever_the_zone(member: Person) -> None:
    east = timezone.get_fixed_timezone(330)
    with time_machine.travel(NOON, tick=False):
        for moment in (NOON, NOON.astimezone(east), NOON - DAY):
            with pytest.raises(ParameterError, match="cannot expire in the past"):
                tokens.issue_personal_token(member.user, "monitoring", moment)
        tokens.issue_personal_token(member.user, "monitoring", NOON.astimezone(east) + timedelta(seconds=1))
    assert AccessToken.objects.get(name="monitoring").expires_at == NOON + timedelta(seconds=1)


def test_a_token_renewed_for_longer_than_the_calendar_goes_lasts_to_its_end(member: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        tokens.issue_personal_token(member.user, "monitoring", datetime.max.replace(tzinfo=UTC))
    first = AccessToken.objects.get(name="monitoring").expires_at
    with time_machine.travel(NOON + DAY, tick=False):
        tokens.regenerate_personal_token(member.user, "monitoring")
    assert AccessToken.objects.get(name="monitoring").expires_at == first
    # The page tells it in the zone of the workspace, whichever that is.
    for hours in (14, -12):
        first.astimezone(timezone.get_fixed_timezone(60 * hours))


def test_a_time_that_has_passed_is_named_in_utc(member: Person) -> None:
    past = datetime(2020, 1, 31, 18, 0, tzinfo=timezone.get_fixed_timezone(330))
    with pytest.raises(ParameterError, match="2020-01-31 12:30 UTC"):
        tokens.issue_personal_token(member.user, "monitoring", past)


def test_a_day_ends_where_the_next_begins() -> None:
    assert tokens.end_of_day(date(2026, 12, 31)) == datetime(2027, 1, 1, tzinfo=UTC)
    assert tokens.end_of_day(date(2028, 2, 28)) == datetime(2028, 2, 29, tzinfo=UTC)
