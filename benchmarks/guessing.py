"""Whether the time of a refusal distinguishes an existing account from an unknown one, or the owner of a token from others.

`LOGINS=… REQUESTS=… python -m benchmarks guessing` sets the number of requests of each case, by default 300 log-ins and
5,000 requests with a token. `DATABASE=postgresql` uses a temporary PostgreSQL server instead of SQLite.
"""

import os
import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from statistics import median
from typing import Any

from tqdm import tqdm

from benchmarks.measuring import Bars, fresh_postgresql, fresh_sqlite
from benchmarks.ranks import p_value

LOGINS = int(os.environ.get("LOGINS", "300"))
REQUESTS = int(os.environ.get("REQUESTS", "5000"))
WARM = 20
ACCOUNTS = 1_000
PASSWORD = "correct horse battery staple"
# The only header that depends on the time of the request.
# What depends on the time or is random, in every response.
VARYING_HEADERS = ("X-RateLimit-Reset", "X-Request-ID")

Environ = dict[str, Any]
Response = tuple[str, tuple[tuple[str, str], ...], bytes]
Application = Callable[..., Iterable[bytes]]


def main() -> None:
    """Measure log-ins, then tokens, in this process, through the host's complete WSGI application."""
    with fresh_postgresql() if os.environ.get("DATABASE") == "postgresql" else fresh_sqlite():
        from django.conf import settings
        from django.contrib.auth.hashers import get_hasher
        from django.core.wsgi import get_wsgi_application
        from django.db import connection

        settings.ALLOWED_HOSTS = ["testserver"]
        # The connection stays open, which is the best case for an attacker: the time to open one would only hide differences.
        connection.settings_dict["CONN_MAX_AGE"] = None
        application = get_wsgi_application()
        hasher = get_hasher()
        print(f"{connection.vendor}, {type(hasher).__name__}, {getattr(hasher, 'iterations', '?'):,} iterations")
        bars = Bars()
        compare("login", application, login_cases(), LOGINS, bars)
        compare("token", application, token_cases(), REQUESTS, bars)
        bars.finish()


def login_cases() -> dict[str, Callable[[], Environ]]:
    """Create accounts, and return the requests to log in that are refused, by the name of the case."""
    from django.test import RequestFactory

    from statsproject.chat.models import User

    User.objects.bulk_create(User(username=f"other-{n:04}", email=f"other-{n:04}@chat.example") for n in range(ACCOUNTS))
    User.objects.create_user("active-1", "active-1@chat.example", PASSWORD)
    User.objects.create_user("asleep-1", "asleep-1@chat.example", PASSWORD, is_active=False)

    def login(name: str, password: str) -> Environ:
        body = {"user": name, "password": password}
        return RequestFactory().post("/api/v1/login", body, content_type="application/json").environ

    return {
        "unknown account": lambda: login("nobody-1", PASSWORD),
        "wrong password": lambda: login("active-1", PASSWORD[::-1]),
        "inactive account": lambda: login("asleep-1", PASSWORD),
    }


def token_cases() -> dict[str, Callable[[], Environ]]:
    """Create two users with a token each, and return the requests with a token that are refused, by the name of the case."""
    from django.test import RequestFactory

    from statistics_app.accounts.tokens import issue_personal_token
    from statistics_app.serialization import make_id
    from statsproject.chat.models import User

    one, two = (User.objects.create(username=name, is_superuser=True) for name in ("one", "two"))
    _, of_two = (issue_personal_token(user, "bench") for user in (one, two))

    def statistics(user_id: str, token: str) -> Environ:
        headers = {"X-User-Id": user_id, "X-Auth-Token": token}
        return RequestFactory().get("/api/v1/statistics", headers=headers).environ

    return {
        "unknown id": lambda: statistics(make_id(), secrets.token_urlsafe(32)),
        "wrong token": lambda: statistics(one.pk, secrets.token_urlsafe(32)),
        "another's token": lambda: statistics(one.pk, of_two),
    }


def compare(name: str, application: Application, cases: Mapping[str, Callable[[], Environ]], rounds: int, bars: Bars) -> None:
    """Send one request of each case per round, in random order; print the differences and compare them with the bars."""
    from django.core.cache import cache

    times: dict[str, list[float]] = {case: [] for case in cases}
    responses: set[Response] = set()
    warm = min(WARM, rounds)
    for number in tqdm(range(warm + rounds), desc=name, disable=None):
        # All requests are made before the first is sent, so that the same work precedes each of them.
        environs = {case: make() for case, make in cases.items()}
        for case in random.sample(list(cases), len(cases)):
            cache.clear()  # otherwise the request would be rate limited or the account locked
            started = time.perf_counter()
            response = send(application, environs[case])
            seconds = time.perf_counter() - started
            responses.add(response)
            if number >= warm:
                times[case].append(seconds)
    for case, values in times.items():
        print(f"{case:>16}: median {median(values) * 1e3:.3f} ms of {rounds:,}")
    p_values = []
    for one, other in combinations(times, 2):
        difference = median(times[one]) - median(times[other])
        p_values.append(p_value(times[one], times[other]))
        print(f"{one} - {other}: {difference * 1e6:+.1f} µs, p = {p_values[-1]:.3f}")
    assert all(status.startswith("401 ") for status, _, _ in responses), responses
    bars.at_most(f"{name}_refusals_that_differ", len(responses), 1)
    bars.at_least(f"{name}_refusals_least_p", min(p_values), 0.001)


def send(application: Application, environ: Environ) -> Response:
    """Send a request and return the status, headers and body of its response, without the headers that vary anyway."""
    start: list[Any] = []
    parts = application(environ, lambda status, headers: start.extend((status, headers)))
    body = b"".join(parts)
    parts.close()  # type: ignore[attr-defined] # required by WSGI; Django's responses have it
    status, headers = start
    return status, tuple(sorted(header for header in headers if header[0] not in VARYING_HEADERS)), body


if __name__ == "__main__":
    main()
