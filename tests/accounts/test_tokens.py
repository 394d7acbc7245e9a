"""Issuing, regenerating and purging tokens: a nightly task removes expired tokens and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from tests.conftest import Person
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DAY = timedelta(days=1)
ENTRY = "purge-expired-tokens"


def purge() -> Any:
    """Run the scheduled task."""
    app.loader.import_default_modules()
    return app.tasks[beat_schedule()[ENTRY]["task"]].apply().get()


def names() -> set[str]:
    """Return the names of the remaining tokens."""
    return set(AccessToken.objects.values_list("name", flat=True))


def test_beats_schedule_contains_the_task_once_a_day() -> None:
    app.loader.import_default_modules()
    app.finalize()
    entry = app.conf.beat_schedule[ENTRY]
    assert entry == beat_schedule()[ENTRY]
    assert entry["task"] in app.tasks
    assert isinstance(entry["schedule"], crontab)
    assert (len(entry["schedule"].hour), len(entry["schedule"].minute)) == (1, 1)
    assert (app.conf.timezone, app.conf.enable_utc) == ("UTC", True)


def test_the_task_removes_expired_tokens_and_nothing_else(member: Person, viewer: Person) -> None:
    AccessToken.objects.all().delete()
    now = timezone.now()
    for person in (member, viewer):
        for kind in TokenKind:
            for word, expires_at in (("expired", now - timedelta(seconds=1)), ("valid", now + DAY), ("unlimited", None)):
                name = f"{word} {kind} {person.user.pk}"
                AccessToken.objects.issue(person.user, kind=kind, name=name, expires_at=expires_at)
    before = names()
    assert purge() == 6
    assert before - names() == {name for name in before if name.startswith("expired")}
    assert purge() == 0
    assert len(names()) == 12


def test_a_token_can_be_purged_from_the_moment_it_expires(member: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        AccessToken.objects.all().delete()
        tokens.issue_personal_token(member.user, "monitoring", NOON + DAY)
        assert tokens.purge_expired_tokens(NOON + DAY - timedelta(microseconds=1)) == 0
        assert tokens.purge_expired_tokens(NOON + DAY) == 1


def test_tokens_revoked_by_password_change_or_deactivation_are_kept_until_they_expire(member: Person, inactive: Person) -> None:
    member.user.set_password("another password")
    member.user.save()
    assert purge() == 0
    with time_machine.travel(timezone.now() + 91 * DAY):
        assert purge() == 2


def test_requests_that_read_purge_nothing(member: Person) -> None:
    tokens.issue_personal_token(member.user, "monitoring", timezone.now() + DAY)
    AccessToken.objects.filter(name="monitoring").update(expires_at=timezone.now())
    for path in ("users.getPersonalAccessTokens", "me"):
        member.get(path)
    member.browser().get("/statistics/tokens/")
    assert "monitoring" in names()


def test_a_token_cannot_expire_in_the_past_in_any_time_zone(member: Person) -> None:
    east = timezone.get_fixed_timezone(330)
    with time_machine.travel(NOON, tick=False):
        for moment in (NOON, NOON.astimezone(east), NOON - DAY):
            with pytest.raises(ParameterError, match="cannot expire in the past"):
                tokens.issue_personal_token(member.user, "monitoring", moment)
        tokens.issue_personal_token(member.user, "monitoring", NOON.astimezone(east) + timedelta(seconds=1))
    assert AccessToken.objects.get(name="monitoring").expires_at == NOON + timedelta(seconds=1)


def test_the_expiry_of_a_regenerated_token_is_limited_to_the_latest_time(member: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        tokens.issue_personal_token(member.user, "monitoring", datetime.max.replace(tzinfo=UTC))
    first = AccessToken.objects.get(name="monitoring").expires_at
    with time_machine.travel(NOON + DAY, tick=False):
        tokens.regenerate_personal_token(member.user, "monitoring")
    assert AccessToken.objects.get(name="monitoring").expires_at == first
    # The page shows it in the time zone of the workspace, whichever that is.
    for hours in (14, -12):
        first.astimezone(timezone.get_fixed_timezone(60 * hours))


def test_an_expiry_in_the_past_is_reported_in_utc(member: Person) -> None:
    past = datetime(2020, 1, 31, 18, 0, tzinfo=timezone.get_fixed_timezone(330))
    with pytest.raises(ParameterError, match="2020-01-31 12:30 UTC"):
        tokens.issue_personal_token(member.user, "monitoring", past)


def test_the_end_of_a_day_is_the_beginning_of_the_next() -> None:
    assert tokens.end_of_day(date(2026, 12, 31)) == datetime(2027, 1, 1, tzinfo=UTC)
    assert tokens.end_of_day(date(2028, 2, 28)) == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # a day of 23 hours
        ("America/Havana", datetime(2026, 3, 30, 4, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_day_is_that_of_a_zone(zone: str, end: datetime) -> None:
    assert tokens.end_of_day(date(2026, 3, 29), ZoneInfo(zone)) == end
