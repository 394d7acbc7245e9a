"""The latest snapshot from real servers of each kind, with and without Redis; and that reading writes nothing."""

import time

import pytest
import requests
from django.db import connection

from statistics_app.models import AccessToken
from statistics_app.snapshots import generation
from statistics_app.snapshots.generation import Origin
from tests.conftest import Person, make_person
from tests.services.programs import Programs

from .throttling import with_new_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.slow]

TRUSTING = {"STATISTICS_TRUST_SECONDS": "1"}


@pytest.mark.parametrize("cache", ["redis", "none"])
@pytest.mark.parametrize("server", ["web", "asgi", "gunicorn"])
def test_every_server_gives_the_same(running: Programs, viewer: Person, redis_url: str, server: str, cache: str) -> None:
    running.environment |= {**TRUSTING, "REDIS_URL": redis_url if cache == "redis" else ""}
    _, url = getattr(running, server)()
    snapshot = generation.generate(Origin.COMMAND)

    def get(query: str = "", **headers: str) -> requests.Response:
        # The library asks for gzip by itself, and unpacks it.
        return requests.get(f"{url}/api/v1/statistics{query}", headers={**viewer.headers, **headers}, timeout=60)

    for _ in range(3):
        packed, plain = get(), get(**{"Accept-Encoding": "identity"})
        assert packed.content == plain.content == snapshot.body.encode()
        assert (packed.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("gzip", None)
        unchanged = get(**{"If-None-Match": plain.headers["ETag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert int(unchanged.headers["X-RateLimit-Remaining"]) < int(plain.headers["X-RateLimit-Remaining"])
    refreshed = get("?refresh=true")
    assert refreshed.json()["_id"] != snapshot.pk
    assert get().content == refreshed.content
    assert requests.post(f"{url}/api/v1/logout", headers=viewer.headers, timeout=60).status_code == 200
    assert get().status_code == 401


@pytest.mark.only_postgresql
def test_reading_writes_nothing_but_the_day_of_a_tokens_first_use(running: Programs) -> None:
    readers = [make_person("reader", permitted=True)]
    readers += [with_new_token(readers[0]) for _ in range(19)]
    generation.generate(Origin.COMMAND)
    urls = [running.web(**TRUSTING)[1] for _ in range(2)]

    def poll() -> None:
        for url in urls:
            for reader in readers:
                assert requests.get(f"{url}/api/v1/statistics", headers=reader.headers, timeout=60).status_code == 200

    def writes() -> int:
        time.sleep(1.5)  # sessions report what they did once a second
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables "
                "WHERE relname NOT IN ('statistics_app_instance')"  # the servers' heartbeats
            )
            return int(cursor.fetchone()[0])

    poll()
    assert AccessToken.objects.filter(last_used_on=None).count() == 0
    before = writes()
    for _ in range(3):
        time.sleep(1)
        poll()
    assert writes() == before
