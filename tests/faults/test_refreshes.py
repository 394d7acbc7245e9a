"""Fifty simultaneous requests for a refresh to a real server."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Barrier

import pytest
import requests

from statistics_app.db.locks import exclusive_lock
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
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


@pytest.mark.only_postgresql
def test_refreshes_that_wait_leave_threads_for_others(running: Programs, viewer: Person) -> None:
    generation.generate(Origin.COMMAND)
    _, url = running.web(threads=16, STATISTICS_THROTTLE_REFRESH="")

    def refresh(_: int) -> requests.Response:
        return requests.get(f"{url}/api/v1/statistics?refresh=true", headers=viewer.headers, timeout=100)

    with ThreadPoolExecutor(20) as pool:
        with exclusive_lock(generation.LOCK_NAME):
            waiting = {pool.submit(refresh, number) for number in range(20)}
            sent_away: set[requests.Response] = set()
            while len(sent_away) < 12:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                sent_away |= {each.result() for each in done}
            # Those that may wait for long hold half of the threads.
            assert requests.get(f"{url}/api/v1/statistics", headers=viewer.headers, timeout=60).status_code == 200
        taken = [each.result() for each in waiting]
    for response in sent_away:
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert response.json()["error"].startswith("Many requests are waiting for a new snapshot already.")
    assert [response.status_code for response in taken] == [200] * 8
