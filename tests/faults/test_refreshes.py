"""Fifty simultaneous requests for a refresh to a real server."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from statistics_app.models import Snapshot
from tests.conftest import Person
from tests.factories import make_messages, make_room
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.slow]

AT_ONCE = 50


def test_fifty_refreshes_at_once_take_at_most_two_snapshots(running: Programs, viewer: Person) -> None:
    make_messages(make_room(), 50_000)
    _, url = running.web(STATISTICS_THROTTLE_REFRESH="")
    barrier = Barrier(AT_ONCE)

    def refresh(_: int) -> tuple[int, str]:
        barrier.wait()
        answer = requests.get(f"{url}/api/v1/statistics?refresh=true", headers=viewer.headers, timeout=60)
        return answer.status_code, answer.json().get("_id")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(refresh, range(AT_ONCE)))
    assert {status for status, _ in answers} == {200}
    assert len({id_ for _, id_ in answers}) <= 2
    assert Snapshot.objects.count() <= 2
