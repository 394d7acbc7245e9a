"""The number of server instances follows their starts, stops and kills."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from statistics_app.models import Instance
from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.slow]


def seconds_until(condition: Callable[[], bool], limit: float) -> float:
    """Wait for a condition and return how long it took, in seconds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < limit, f"not within {limit} s"
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_killed_server_is_not_counted_after_thirty_seconds(running: Programs, viewer: Person) -> None:
    _, url = running.web(STATISTICS_THROTTLE_REFRESH="")
    victim, _ = running.web()

    def instance_count() -> int:
        answer = requests.get(f"{url}/api/v1/statistics?refresh=true", headers=viewer.headers, timeout=30)
        return answer.json()["instanceCount"]

    seconds_until(lambda: instance_count() == 2, 10)
    running.kill(victim)
    assert instance_count() == 2
    seconds_until(lambda: instance_count() == 1, 30)


def test_a_server_without_requests_is_counted(running: Programs) -> None:
    running.web()
    seconds_until(lambda: Instance.objects.alive(5).count() == 1, 10)


@pytest.mark.only_sqlite
@pytest.mark.parametrize("server", ["web", "asgi", "gunicorn"])
def test_a_server_that_is_stopped_is_not_counted_from_then_on(running: Programs, server: str) -> None:
    program, url = getattr(running, server)()
    requests.get(f"{url}/api/v1/info", timeout=60)
    seconds_until(lambda: Instance.objects.alive(5).count() == 1, 30)
    running.running.remove(program)
    program.stop()
    assert not Instance.objects.exists()


def test_a_heartbeat_from_the_future_is_not_counted() -> None:
    Instance.objects.beat("x", host="h", pid=1, responses={})
    assert Instance.objects.alive(5).count() == 1
    Instance.objects.update(seen_at=timezone.now() + timedelta(days=1))
    assert Instance.objects.alive(5).count() == 0
    assert Instance.objects.silent_for(3600).count() == 1
