"""Counting in a cache that many share, in one that is away, and in one that keeps nothing."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import redis
import requests
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from statistics_app.accounts import lockout, throttle_counters
from statistics_app.serialization import make_id
from tests.conftest import PASSWORD, Person
from tests.services.programs import Programs

from .throttled import REFRESH, log_in, remaining, use

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.xdist_group("redis")]

REDIS = "django.core.cache.backends.redis.RedisCache"
DUMMY = "django.core.cache.backends.dummy.DummyCache"
THREADS = 32


@pytest.fixture
def nobody_listens() -> Iterator[str]:
    """Hold a port on which nothing answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{held.getsockname()[1]}/0"


@pytest.fixture
def in_redis(settings: Settings, redis_url: str) -> None:
    """Use a real Redis as cache."""
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": redis_url}}
    cache.clear()


@pytest.fixture
def away(settings: Settings, nobody_listens: str) -> None:
    """Use a cache that is not there."""
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": nobody_listens}}


@pytest.fixture
def dummy(settings: Settings) -> None:
    """Use a cache that keeps nothing."""
    settings.CACHES = {"default": {"BACKEND": DUMMY}}


@pytest.fixture
def memory() -> None:
    """Use the memory of this process."""


def at_once(deed: Callable[[int], Any], times: int) -> list[Any]:
    """Do something many times, as many at a time as there are threads."""
    together = Barrier(THREADS)

    def begin(number: int) -> Any:
        if number < THREADS:
            together.wait()
        return deed(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(times)))


@pytest.mark.parametrize("kind", ["memory", "in_redis"])
def test_no_count_is_lost_or_given_twice(request: pytest.FixtureRequest, kind: str) -> None:
    request.getfixturevalue(kind)
    key = throttle_counters.cache_key(make_id())
    counts = at_once(lambda _: throttle_counters.increment(key, 60), 20 * THREADS)
    assert sorted(counts) == list(range(1, 20 * THREADS + 1))


@pytest.mark.parametrize("kind", ["memory", "in_redis"])
def test_one_of_all_who_come_at_once_has_the_turn(request: pytest.FixtureRequest, kind: str) -> None:
    request.getfixturevalue(kind)
    key = throttle_counters.cache_key(make_id())
    claims = at_once(lambda number: throttle_counters.claim(key, float(number), 60), 3 * THREADS)
    assert claims.count(None) == 1
    [winner] = {claimed for claimed in claims if claimed is not None}
    assert claims[int(winner)] is None


def test_whoever_tries_thousands_of_names_does_not_make_the_cache_forget_one() -> None:
    key = throttle_counters.cache_key("member")
    assert [throttle_counters.increment(key, 60) for _ in range(3)] == [1, 2, 3]
    for number in range(5000):
        throttle_counters.increment(throttle_counters.cache_key(str(number)), 60)
    assert throttle_counters.increment(key, 60) == 4


@pytest.mark.usefixtures("in_redis")
def test_what_is_counted_in_redis_goes_by_itself_and_holds_no_name_and_no_token(member: Person, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server:
        server.flushdb()
        member.get("me"), log_in("member"), log_in("member", PASSWORD), log_in("member")
        keys = list(server.scan_iter())
        kept = [*keys, *(server.get(key) for key in keys)]
        assert keys
        assert min(server.ttl(key) for key in keys) > 0
        assert not [item for item in kept if any(secret.encode() in item for secret in ("member", member.token, "10.0.0.1"))]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_over_all_processes_exactly_as_many_get_through_as_are_allowed(
    running: Programs, viewer: Person, redis_url: str
) -> None:
    limit, times = 50, 200
    running.environment |= {"REDIS_URL": redis_url, "STATISTICS_THROTTLE_READ": f"{limit}/hour"}
    urls = [running.web(threads=16)[1] for _ in range(2)]

    def ask(number: int) -> tuple[str, int]:
        answer = requests.get(f"{urls[number % 2]}/api/v1/me", headers=viewer.headers, timeout=60)
        return answer.headers["X-RateLimit-Reset"], answer.status_code

    answers = Counter(at_once(ask, times))
    windows = {window for window, _ in answers}
    # An hour may end meanwhile; then each of the two allows as many.
    for window in windows:
        asked = answers[window, 200] + answers[window, 429]
        assert answers[window, 200] == min(asked, limit)
    assert sum(answers[window, status] for window in windows for status in (200, 429)) == times


@pytest.mark.parametrize("kind", ["away", "dummy"])
def test_without_a_cache_everything_is_answered_and_nothing_is_limited(
    request: pytest.FixtureRequest, viewer: Person, settings: Settings, kind: str
) -> None:
    request.getfixturevalue(kind)
    use(settings, THROTTLE_READ="2/hour", THROTTLE_REFRESH="2/hour", THROTTLE_LOGIN="2/hour")
    for _ in range(3):
        answers = [viewer.get("me"), viewer.get(REFRESH), viewer.get("statistics.list"), log_in("viewer", PASSWORD)]
        assert [(answer.status_code, remaining(answer)) for answer in answers] == [(200, 1)] * 4
    assert {log_in("viewer").status_code for _ in range(lockout.FREE + 3)} == {401}
    assert viewer.call("POST", "logout").status_code == 200


@pytest.mark.parametrize("kind", ["away", "dummy"])
def test_without_a_cache_people_sign_in(
    request: pytest.FixtureRequest, viewer: Person, admin_person: Person, kind: str
) -> None:
    request.getfixturevalue(kind)
    for username, page in (("viewer", "/statistics/sign-in/"), ("root", "/admin/login/?next=/admin/")):
        assert Client().post(page, {"username": username, "password": "wrong"}).status_code == 200
        assert Client().post(page, {"username": username, "password": PASSWORD}).status_code == 302


@pytest.mark.usefixtures("away")
def test_a_cache_that_is_away_is_a_warning_without_a_trace(member: Person, caplog: pytest.LogCaptureFixture) -> None:
    member.get("me")
    [record] = [record for record in caplog.records if record.name.startswith("statistics_app")]
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert record.message.startswith("The cache does not answer, so nothing is counted: ")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_server_whose_redis_is_away_answers(running: Programs, viewer: Person, nobody_listens: str) -> None:
    _, url = running.web(REDIS_URL=nobody_listens)
    for path in ("me", "statistics", REFRESH):
        assert requests.get(f"{url}/api/v1/{path}", headers=viewer.headers, timeout=60).status_code == 200
    body = json.dumps({"user": "viewer", "password": PASSWORD})
    kind = {"Content-Type": "application/json"}
    assert requests.post(f"{url}/api/v1/login", body, headers=kind, timeout=60).status_code == 200
