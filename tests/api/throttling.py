"""Helpers for tests of throttles."""

import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from pytest_django import Settings

from statistics_app.accounts import tokens
from tests.conftest import Person

HEADERS = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
REFRESH = "statistics?refresh=true"
# Twenty seconds past the minute, so that no window ends during a test.
MOMENT = datetime(2030, 3, 2, 12, 0, 20, tzinfo=UTC)
TOO_MANY_REQUESTS_BODY = (
    b'{"success":false,"errorType":"error-too-many-requests","error":"Error, too many requests. Please slow down. '
    b'You must wait %d seconds before trying this endpoint again. [error-too-many-requests]"}'
)


def use(settings: Settings, **changed: Any) -> None:
    """Change keys of the setting STATISTICS."""
    settings.STATISTICS = {**settings.STATISTICS, **changed}


def log_in(name: Any = "nobody", password: str = "wrong", *, address: str = "10.0.0.1", **headers: str) -> Any:
    """Return the response to a login attempt from an address."""
    body = json.dumps({"user": name, "password": password})
    return Client().generic("POST", "/api/v1/login", body, "application/json", headers=headers, REMOTE_ADDR=address)


def rate_limit(response: Any) -> tuple[int, int, int]:
    """Return the limit, the remaining requests and the reset time from a response's headers."""
    limit, remaining, reset = (
        int(response.headers[name]) for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    )
    return limit, remaining, reset


def remaining(response: Any) -> int:
    """Return the number of remaining requests."""
    return rate_limit(response)[1]


def with_new_token(person: Person) -> Person:
    """Issue another login token to the same user."""
    return Person(person.user, tokens.issue_login_token(person.user))
