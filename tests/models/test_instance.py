"""Instances: alive by the database's clock, and not counted without a recent heartbeat."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models.functions import Now
from pytest_django import DjangoAssertNumQueries

from statistics_app.models import Instance

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

HEARTBEAT = 5.0


def beat(key: str, silent: float = 0) -> Instance:
    """Return an instance whose last heartbeat was a number of seconds ago."""
    Instance.objects.all().beat(key, host="here", pid=7, responses={"200": 1})
    Instance.objects.filter(pk=key).update(seen_at=Now() - timedelta(seconds=silent))
    return Instance.objects.get(pk=key)


def alive() -> set[str]:
    """Return the keys of the instances that are alive."""
    return set(Instance.objects.alive(HEARTBEAT).values_list("pk", flat=True))


def test_an_instance_updated_within_three_heartbeats_is_alive() -> None:
    beat("fresh")
    beat("late", silent=2.8 * HEARTBEAT)
    beat("silent", silent=3.01 * HEARTBEAT)
    assert alive() == {"fresh", "late"}


def test_an_instance_is_alive_again_after_another_heartbeat() -> None:
    beat("again", silent=60)
    assert alive() == set()
    Instance.objects.all().beat("again", host="here", pid=7, responses={})
    assert alive() == {"again"}


@pytest.mark.parametrize("wrong", [datetime(2001, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
def test_the_clock_of_the_server_does_not_matter(wrong: datetime) -> None:
    with time_machine.travel(wrong):
        beat("beaten-there")
        beat("silent", silent=60)
        assert alive() == {"beaten-there"}
    assert alive() == {"beaten-there"}


def test_a_heartbeat_updates_the_row_and_keeps_its_start() -> None:
    first = beat("one", silent=30)
    Instance.objects.filter(pk="one").update(started_at=Now() - timedelta(hours=1))
    Instance.objects.all().beat("one", host="elsewhere", pid=8, responses={"200": 2})
    again = Instance.objects.get()
    assert again.seen_at > first.seen_at
    assert again.started_at < first.started_at
    assert (again.host, again.pid) == ("here", 7)


def test_a_heartbeat_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    beat("one")
    with django_assert_num_queries(1):
        Instance.objects.all().beat("one", host="here", pid=7, responses={"200": 2})


def test_instances_without_a_heartbeat_for_long_are_found() -> None:
    beat("fresh")
    beat("silent", silent=3700)
    assert list(Instance.objects.silent_for(3600).values_list("pk", flat=True)) == ["silent"]
