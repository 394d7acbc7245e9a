"""Throttle counters in a shared cache, in an unavailable one, and in one that stores nothing."""

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
from tests.services.bad_brokers import listener
from tests.services.programs import Programs

from .throttling import REFRESH, log_in, remaining, use

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

REDIS = "django.core.cache.backends.redis.RedisCache"
DUMMY = "django.core.cache.backends.dummy.DummyCache"
THREADS = 32


@pytest.fixture
def unused_redis_url() -> Iterator[str]:
    """The URL of a port that is bound but not listening."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{held.getsockname()[1]}/0"


@pytest.fixture
def in_redis(settings: Settings, redis_url: str) -> None:
    """Use Redis as the cache."""
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": redis_url}}
    cache.clear()


@pytest.fixture
def unavailable(settings: Settings, unused_redis_url: str) -> None:
    """Use a cache that is unavailable."""
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": unused_redis_url}}


@pytest.fixture
def dummy(settings: Settings) -> None:
    """Use a cache that stores nothing."""
    settings.CACHES = {"default": {"BACKEND": DUMMY}}


@pytest.fixture
def memory() -> None:
    """Use the default cache, which is in the memory of this process."""


def run_concurrently(function: Callable[[int], Any], times: int) -> list[Any]:
    """Call a function with 0, 1, … in concurrent threads, and return its results."""
    barrier = Barrier(THREADS)

    def call(number: int) -> Any:
        if number < THREADS:
            barrier.wait()
        return function(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(call, range(times)))


@pytest.mark.parametrize("kind", ["memory", "in_redis"])
def test_no_count_is_lost_or_given_twice(request: pytest.FixtureRequest, kind: str) -> None:
    request.getfixturevalue(kind)
    key = throttle_counters.cache_key(make_id())
    counts = run_concurrently(lambda _: throttle_counters.increment(key, 60), 20 * THREADS)
    assert sorted(counts) == list(range(1, 20 * THREADS + 1))


@pytest.mark.parametrize("kind", ["memory", "in_redis"])
def test_one_of_several_concurrent_claims_succeeds(request: pytest.FixtureRequest, kind: str) -> None:
    request.getfixturevalue(kind)
    key = throttle_counters.cache_key(make_id())
    results = run_concurrently(lambda number: throttle_counters.claim(key, float(number), 60), 3 * THREADS)
    assert results.count(None) == 1
    [winner] = {result for result in results if result is not None}
    assert results[int(winner)] is None


def test_thousands_of_names_do_not_evict_a_counter() -> None:
    key = throttle_counters.cache_key("member")
    assert [throttle_counters.increment(key, 60) for _ in range(3)] == [1, 2, 3]
    for number in range(5000):
        throttle_counters.increment(throttle_counters.cache_key(str(number)), 60)
    assert throttle_counters.increment(key, 60) == 4


@pytest.mark.usefixtures("in_redis")
def test_counters_in_redis_expire_and_contain_no_name_and_no_token(member: Person, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server:
        server.flushdb()
        member.get("me"), log_in("member"), log_in("member", PASSWORD), log_in("member")
        keys = list(server.scan_iter())
        stored = [*keys, *(server.get(key) for key in keys)]
        assert keys
        assert min(server.ttl(key) for key in keys) > 0
        assert not [item for item in stored if any(secret.encode() in item for secret in ("member", member.token, "10.0.0.1"))]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_limit_is_exact_over_all_processes(running: Programs, viewer: Person, redis_url: str) -> None:
    limit, times = 50, 200
    running.environment |= {"REDIS_URL": redis_url, "STATISTICS_THROTTLE_READ": f"{limit}/hour"}
    urls = [running.web(threads=16)[1] for _ in range(2)]

    def get(number: int) -> tuple[str, int]:
        response = requests.get(f"{urls[number % 2]}/api/v1/me", headers=viewer.headers, timeout=60)
        return response.headers["X-RateLimit-Reset"], response.status_code

    responses = Counter(run_concurrently(get, times))
    windows = {window for window, _ in responses}
    # An hour may end during the test; then the limit applies to each of the two windows.
    for window in windows:
        total = responses[window, 200] + responses[window, 429]
        assert responses[window, 200] == min(total, limit)
    assert sum(responses[window, status] for window in windows for status in (200, 429)) == times


@pytest.mark.usefixtures("dummy")
def test_with_a_cache_that_stores_nothing_nothing_is_limited(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="2/hour", THROTTLE_REFRESH="2/hour", THROTTLE_LOGIN="2/hour")
    for _ in range(3):
        responses = [viewer.get("me"), viewer.get(REFRESH), viewer.get("statistics.list"), log_in("viewer", PASSWORD)]
        assert [(response.status_code, remaining(response)) for response in responses] == [(200, 1)] * 4
    assert {log_in("viewer").status_code for _ in range(lockout.FREE_ATTEMPTS + 3)} == {401}
    assert viewer.call("POST", "logout").status_code == 200


@pytest.mark.usefixtures("unavailable")
def test_while_the_cache_is_unavailable_each_process_counts_for_itself(viewer: Person, settings: Settings) -> None:
    use(settings, THROTTLE_READ="2/hour", THROTTLE_REFRESH="2/hour", THROTTLE_LOGIN=None)
    assert [viewer.get("me").status_code for _ in range(3)] == [200, 200, 429]
    assert [viewer.get(REFRESH).status_code for _ in range(3)] == [200, 200, 429]
    guesses = [log_in("viewer").status_code for _ in range(lockout.FREE_ATTEMPTS + 3)]
    assert guesses[: lockout.FREE_ATTEMPTS] == [401] * lockout.FREE_ATTEMPTS
    assert guesses[-1] == 429


def test_a_cache_that_hangs_costs_one_time_out_a_pause(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "statistics_app")
    with listener() as hanging:
        options = {"socket_timeout": 0.1, "socket_connect_timeout": 0.1}
        settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": f"redis://127.0.0.1:{hanging.port}/0", "OPTIONS": options}}
        assert [throttle_counters.increment("key", 60) for _ in range(20)] == list(range(1, 21))
        assert len(hanging.connections) == 1
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": make_id()}}
    throttle_counters.outage.asked_again_at = 0
    assert throttle_counters.increment("key", 60) == 1
    messages = [record.message for record in caplog.records]
    assert len(messages) == 2
    assert messages[0].startswith("The cache does not answer, so each process counts for itself: ")
    assert messages[1] == "The cache answers again."


@pytest.mark.parametrize("kind", ["unavailable", "dummy"])
def test_without_a_cache_people_sign_in(
    request: pytest.FixtureRequest, viewer: Person, admin_person: Person, kind: str
) -> None:
    request.getfixturevalue(kind)
    for username, page in (("viewer", "/statistics/sign-in/"), ("root", "/admin/login/?next=/admin/")):
        assert Client().post(page, {"username": username, "password": "wrong"}).status_code == 200
        assert Client().post(page, {"username": username, "password": PASSWORD}).status_code == 302


@pytest.mark.usefixtures("unavailable")
def test_an_unavailable_cache_is_a_warning_without_a_traceback(member: Person, caplog: pytest.LogCaptureFixture) -> None:
    member.get("me")
    [record] = [record for record in caplog.records if record.name.startswith("statistics_app")]
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert record.message.startswith("The cache does not answer, so each process counts for itself: ")


@pytest.mark.parametrize("call", ["me", "statistics", "login"])
def test_no_exception_of_a_cache_refuses_a_request(viewer: Person, settings: Settings, call: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.services.failing_cache.FailingCache"}}
    if call == "login":
        body = json.dumps({"user": "viewer", "password": PASSWORD})
        assert viewer.call("POST", "login", body).status_code == 200
    else:
        assert viewer.get(call).status_code == 200


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_server_without_redis_serves_requests(running: Programs, viewer: Person, unused_redis_url: str) -> None:
    _, url = running.web(REDIS_URL=unused_redis_url)
    for path in ("me", "statistics", REFRESH):
        assert requests.get(f"{url}/api/v1/{path}", headers=viewer.headers, timeout=60).status_code == 200
    body = json.dumps({"user": "viewer", "password": PASSWORD})
    kind = {"Content-Type": "application/json"}
    assert requests.post(f"{url}/api/v1/login", body, headers=kind, timeout=60).status_code == 200
