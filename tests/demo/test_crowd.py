"""The simulated people of the demonstration."""

from datetime import datetime, timedelta
from random import Random
from statistics import mean

import psutil
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from statistics_app.sources.base import Presence
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import Message, Subscription, Upload, User
from statsproject.chat.seeding import fill
from statsproject.chat.seeding.plan import Plan
from statsproject.demo.crowd import PEOPLE, Crowd
from statsproject.demo.rhythm import present_at
from statsproject.programs.processes import wait_until
from tests.demo.conftest import NOW
from tests.services.programs import PYTHON, Programs

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NIGHT, DAY = NOW.replace(hour=3), NOW.replace(hour=14)


def online() -> int:
    """Return how many people are online."""
    return User.objects.filter(presence=User.Presence.ONLINE, type__in=PEOPLE).count()


def test_people_write_read_and_come_and_go(chat: None) -> None:
    crowd = Crowd(30, Random(1))
    crowd.settle(NIGHT)
    messages, files, early = Message.objects.count(), Upload.objects.count(), online()
    for second in range(1000):
        crowd.act(DAY + timedelta(seconds=second))
    later = DAY + timedelta(seconds=1000)
    new = Message.objects.filter(sent_at__range=(DAY, later), id__regex="^(?!seed)")
    assert new.filter(thread_root__isnull=True).exists()
    assert new.filter(thread_root__isnull=False).exists()
    assert Message.objects.count() > messages
    assert Upload.objects.count() > files
    assert Message.objects.filter(edited_at__range=(DAY, later)).exists()
    assert Subscription.objects.filter(last_seen_at__range=(DAY, later)).exists()
    assert User.objects.filter(last_login__range=(DAY, later)).exists()
    people = User.objects.filter(is_active=True, type__in=PEOPLE).count()
    assert abs(online() - present_at(later, people)[Presence.ONLINE]) <= 2
    assert online() > 2 * early
    assert not User.objects.exclude(type__in=PEOPLE).exclude(presence=User.Presence.OFFLINE).exists()


@pytest.mark.needs_triggers
def test_what_they_do_is_counted_by_the_triggers(chat: None) -> None:
    crowd = Crowd(30, Random(2))
    crowd.settle(DAY)
    for second in range(200):
        crowd.act(DAY + timedelta(seconds=second))
    source = tallied_source(timezone.now())
    assert sum(source.messages().values()) == Message.objects.count()
    assert sum(group.count for group in source.users() if group.presence == Presence.ONLINE) == online()
    assert source.how_counted()[0] == "tallies"


def test_they_are_busier_by_day_than_at_night_and_on_average_as_often_as_asked() -> None:
    crowd = Crowd(3600, Random(3))

    def waits(moment: datetime) -> float:
        return mean(crowd.seconds_until_next(moment) for _ in range(2000))

    assert waits(NIGHT) > 3 * waits(DAY)
    assert waits(DAY + timedelta(days=2)) > 2 * waits(DAY)  # a Saturday
    number = sum(1 for _ in crowd.moments(NOW, NOW + timedelta(days=7)))
    assert number == pytest.approx(3600 * 24 * 7, rel=0.01)


def test_at_twice_the_rate_they_wait_half_as_long() -> None:
    slow, fast = Crowd(10, Random(4)), Crowd(20, Random(4))
    assert slow.seconds_until_next(DAY) == pytest.approx(2 * fast.seconds_until_next(DAY))


def test_what_they_would_have_written_is_made_up_for(chat: None) -> None:
    number = Crowd(30, Random(5)).catch_up(NOW, NOW + timedelta(days=1))
    assert Message.objects.filter(sent_at__gt=NOW, sent_at__lt=NOW + timedelta(days=1)).count() == number > 24
    assert Crowd(0, Random(5)).catch_up(NOW, NOW + timedelta(days=1)) == 0


def test_in_a_chat_without_people_and_rooms_nobody_does_anything() -> None:
    crowd = Crowd(30, Random(6))
    crowd.settle(NOW)
    for _ in range(50):
        crowd.act(NOW)
    assert crowd.catch_up(NOW, NOW + timedelta(days=1)) == 0
    assert not Message.objects.exists()


def test_nobody_is_simulated_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="only in the demonstration"):
        Crowd(30, Random(0))


@pytest.mark.slow
def test_the_program_survives_an_error_of_the_database_and_stops_when_asked(running: Programs) -> None:
    now = timezone.now()
    fill(Plan(now, days=10, users=20, rooms=5, messages=100, uploads=5, subscriptions_per_user=4))
    User.objects.update(presence=User.Presence.ONLINE)
    program = running.start("crowd", "statsproject.demo.run_crowd", "36000")
    written = Message.objects.filter(sent_at__gt=now)
    wait_until(written.exists, "The crowd", [program])

    with connection.schema_editor() as editor:
        editor.alter_db_table(Subscription, "chat_subscription", "elsewhere")
    wait_until(lambda: "the database failed" in program.log.read_text(), "The log", [program])
    with connection.schema_editor() as editor:
        editor.alter_db_table(Subscription, "elsewhere", "chat_subscription")
    by_then = timezone.now()
    wait_until(Message.objects.filter(sent_at__gt=by_then).exists, "The crowd", [program])

    program.process.terminate()
    assert program.process.wait(10) == 0
    number = Message.objects.count()
    assert not running.manage("check").returncode
    assert Message.objects.count() == number


@pytest.mark.slow
def test_the_program_ends_when_the_demonstration_is_killed(running: Programs) -> None:
    now = timezone.now()
    fill(Plan(now, days=10, users=20, rooms=5, messages=100, uploads=5, subscriptions_per_user=4))
    User.objects.update(presence=User.Presence.ONLINE)
    parent = running.start_command("parent", "sh", "-c", f"{PYTHON} -m statsproject.demo.run_crowd 36000 & exec sleep 600")
    wait_until(Message.objects.filter(sent_at__gt=now).exists, "The crowd", [parent])
    [crowd] = psutil.Process(parent.process.pid).children()
    parent.process.kill()
    parent.process.wait()
    wait_until(lambda: not crowd.is_running() or crowd.status() == psutil.STATUS_ZOMBIE, "The end of the crowd", [])


@pytest.mark.slow
def test_the_program_refuses_production(running: Programs) -> None:
    production = {"PRODUCTION": "true", "SECRET_KEY": "k3y-" * 3 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEF"}
    program = running.start("crowd", "statsproject.demo.run_crowd", "36000", **production)
    assert program.process.wait(60) == 1
    assert "only in the demonstration" in program.log.read_text()
