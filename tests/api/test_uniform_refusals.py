"""All refused logins do the same work and have the same response, and so have all refused credentials."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from statsproject.chat.models import User
from tests.conftest import PASSWORD, Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

REFUSED_LOGINS = [
    {"user": "nobody", "password": PASSWORD},
    {"user": "nobody@chat.example", "password": PASSWORD},
    {"email": "nobody@chat.example", "password": PASSWORD},
    {"user": "member", "password": "wrong"},
    {"user": "member@chat.example", "password": "wrong"},
    {"user": "inactive", "password": PASSWORD},
    {"user": "inactive", "password": "wrong"},
    {"user": "shared@chat.example", "password": PASSWORD},
]
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")


class CountingHasher(MD5PasswordHasher):
    """The tests' password hasher, which also counts its calls."""

    calls = 0

    def encode(self, password: str, salt: str) -> str:
        """Count the call, and return the hash."""
        CountingHasher.calls += 1
        return super().encode(password, salt)


def work_of(request: dict[str, Any]) -> tuple[Any, ...]:
    """Send a request, and return its status, body, headers, number of password hashes, and SQL statements without values."""
    cache.clear()
    CountingHasher.calls = 0
    with CaptureQueriesContext(connection) as queries:
        response = Client().generic(**request)
    headers = {name: value for name, value in response.headers.items() if name not in {"X-RateLimit-Reset", "X-Request-ID"}}
    statements = [VALUES.sub("?", query["sql"]) for query in queries.captured_queries]
    return response.status_code, response.content, headers, CountingHasher.calls, statements


def test_every_refused_login_costs_the_same_queries_and_one_hash(member: Person, inactive: Person, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    for name in ("one", "two"):
        User.objects.create_user(name, "shared@chat.example", PASSWORD)
    works = [
        work_of({"method": "POST", "path": "/api/v1/login", "data": json.dumps(body), "content_type": "application/json"})
        for body in REFUSED_LOGINS
    ]
    statuses, bodies, headers, hashes, statements = zip(*works, strict=True)
    assert set(statuses) == {401}
    assert len(set(bodies)) == 1
    assert all(each == headers[0] for each in headers)
    assert set(hashes) == {1}
    assert {len(each) for each in statements} == {len(statements[0])}
    by_name = [each for body, each in zip(REFUSED_LOGINS, statements, strict=True) if "user" in body]
    assert all(each == by_name[0] for each in by_name)


def test_every_refusal_of_credentials_costs_the_same_query(viewer: Person, member: Person) -> None:
    wrong = {
        "unknown id": {"X-User-Id": "nobody-at-all-hee", "X-Auth-Token": viewer.token},
        "wrong token": {**viewer.headers, "X-Auth-Token": member.token[::-1]},
        "another user's token": {**viewer.headers, "X-Auth-Token": member.token},
    }
    works = [work_of({"method": "GET", "path": "/api/v1/statistics", "headers": headers}) for headers in wrong.values()]
    assert works[0][0] == 401
    assert len(works[0][4]) == 1
    assert all(work == works[0] for work in works)
