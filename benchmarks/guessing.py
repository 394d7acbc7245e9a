"""Whether the time of a refusal tells an account that is there from one that is not, or a token's owner from others.

`LOGINS=… REQUESTS=… python -m benchmarks guessing` sends fewer or more of each way than 300 and 5,000;
`DATABASE=postgresql` takes a PostgreSQL of its own instead of SQLite.
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
# The one header that says what time it is.
CLOCK = "X-RateLimit-Reset"

Environ = dict[str, Any]
Answer = tuple[str, tuple[tuple[str, str], ...], bytes]
Application = Callable[..., Iterable[bytes]]


def main() -> None:
    """Measure log-ins, then tokens, in one process, through the host's whole WSGI application."""
    with fresh_postgresql() if os.environ.get("DATABASE") == "postgresql" else fresh_sqlite():
        from django.conf import settings
        from django.contrib.auth.hashers import get_hasher
        from django.core.wsgi import get_wsgi_application
        from django.db import connection

        settings.ALLOWED_HOSTS = ["testserver"]
        # The connection stays, as that of an attacker's best case: opening one would only hide differences.
        connection.settings_dict["CONN_MAX_AGE"] = None
        application = get_wsgi_application()
        hasher = get_hasher()
        print(f"{connection.vendor}, {type(hasher).__name__}, {getattr(hasher, 'iterations', '?'):,} iterations")
        bars = Bars()
        compare("login", application, login_ways(), LOGINS, bars)
        compare("token", application, token_ways(), REQUESTS, bars)
        bars.finish()


def login_ways() -> dict[str, Callable[[], Environ]]:
    """Make accounts among many others, and the ways to be refused with a password."""
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


def token_ways() -> dict[str, Callable[[], Environ]]:
    """Make two users with a token each, and the ways to be refused with a token."""
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


def compare(name: str, application: Application, ways: Mapping[str, Callable[[], Environ]], rounds: int, bars: Bars) -> None:
    """Send a request of each way a round, in an order drawn anew; print what differs, and hold it against the bars."""
    from django.core.cache import cache

    times: dict[str, list[float]] = {way: [] for way in ways}
    answers: set[Answer] = set()
    warm = min(WARM, rounds)
    for number in tqdm(range(warm + rounds), desc=name, disable=None):
        # Made before any is sent, so that each follows upon the same work.
        environs = {way: make() for way, make in ways.items()}
        for way in random.sample(list(ways), len(ways)):
            cache.clear()  # or the limits and the waiting after failures would answer
            began = time.perf_counter()
            answer = ask(application, environs[way])
            taken = time.perf_counter() - began
            answers.add(answer)
            if number >= warm:
                times[way].append(taken)
    for way, taken_times in times.items():
        print(f"{way:>16}: median {median(taken_times) * 1e3:.3f} ms of {rounds:,}")
    p_values = []
    for one, other in combinations(times, 2):
        difference = median(times[one]) - median(times[other])
        p_values.append(p_value(times[one], times[other]))
        print(f"{one} - {other}: {difference * 1e6:+.1f} µs, p = {p_values[-1]:.3f}")
    assert all(status.startswith("401 ") for status, _, _ in answers), answers
    bars.at_most(f"{name}_refusals_that_differ", len(answers), 1)
    bars.at_least(f"{name}_refusals_least_p", min(p_values), 0.001)


def ask(application: Application, environ: Environ) -> Answer:
    """Send a request, and return all of its answer that does not tell the time."""
    begun: list[Any] = []
    parts = application(environ, lambda status, headers: begun.extend((status, headers)))
    body = b"".join(parts)
    parts.close()  # type: ignore[attr-defined] # Django's answers have it, and WSGI asks for it
    status, headers = begun
    return status, tuple(sorted(header for header in headers if header[0] != CLOCK)), body


if __name__ == "__main__":
    main()
