"""Server instances come and go, in order and by force, and the count follows."""

import time
from collections.abc import Callable

import pytest
import requests

from statistics_app.models import Instance
from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.slow]


def seconds_until(fact: Callable[[], bool], limit: float) -> float:
    """Wait for a fact and return how long it took."""
    began = time.monotonic()
    while not fact():
        assert time.monotonic() - began < limit, f"not within {limit} s"
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_killed_server_is_gone_from_the_count_within_thirty_seconds(running: Programs, viewer: Person) -> None:
    _, url = running.web(STATISTICS_THROTTLE_REFRESH="")
    doomed, _ = running.web()

    def counted() -> int:
        answer = requests.get(f"{url}/api/v1/statistics?refresh=true", headers=viewer.headers, timeout=30)
        return answer.json()["instanceCount"]

    seconds_until(lambda: counted() == 2, 10)
    running.kill(doomed)
    assert counted() == 2
    seconds_until(lambda: counted() == 1, 30)


def test_a_server_that_never_got_a_request_counts(running: Programs) -> None:
    running.web()
    seconds_until(lambda: Instance.objects.alive(5).count() == 1, 10)
