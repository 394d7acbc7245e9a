"""The number of server instances follows their starts, stops and kills."""

import time
from collections.abc import Callable

import pytest
import requests

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
