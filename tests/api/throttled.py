"""Short ways to what throttles say."""

import json
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from pytest_django import Settings

from statistics_app.accounts import tokens
from tests.conftest import Person

HEADERS = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
REFRESH = "statistics?refresh=true"
# Twenty seconds into a minute, so that no window ends while a test runs.
MOMENT = datetime(2030, 3, 2, 12, 0, 20, tzinfo=UTC)
TOO_MANY = (
    b'{"success":false,"errorType":"error-too-many-requests","error":"Error, too many requests. Please slow down. '
    b'You must wait %d seconds before trying this endpoint again. [error-too-many-requests]"}'
)


def use(settings: Settings, **changed: Any) -> None:
    """Change some of the host's settings."""
    settings.STATISTICS = {**settings.STATISTICS, **changed}


def log_in(name: Any = "nobody", password: str = "wrong", *, address: str = "10.0.0.1", **headers: str) -> Any:
    """Try to log in from an address."""
    body = json.dumps({"user": name, "password": password})
    return Client().generic("POST", "/api/v1/login", body, "application/json", headers=headers, REMOTE_ADDR=address)


def counted(response: Any) -> tuple[int, int, int]:
    """Read the three headers."""
    limit, remaining, reset = (
        int(response.headers[name]) for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    )
    return limit, remaining, reset


def remaining(response: Any) -> int:
    """Read how many requests are left."""
    return counted(response)[1]


def again(person: Person) -> Person:
    """Another token of the same person."""
    return Person(person.user, tokens.issue_login_token(person.user))
