"""The cast of three, and what every test can ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test import Client

from statistics_app.accounts import tokens
from statistics_app.snapshots import celery_status
from statsproject.chat.models import User

from .services.programs import Programs, programs
from .services.redis import redis_for_tests

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody who calls the API: an account and a token, or neither."""

    user: User | None
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The two headers."""
        return {"X-User-Id": self.user.pk, "X-Auth-Token": self.token} if self.user else {}

    def get(self, path: str, **parameters: Any) -> Any:
        """Call a path below /api/v1/."""
        return Client().get(f"/api/v1/{path}", parameters, headers=self.headers)

    def call(self, method: str, path: str, data: Any = "", content_type: str = "application/json") -> Any:
        """Call a path below /api/v1/ with any method and body."""
        return Client(raise_request_exception=False).generic(
            method, f"/api/v1/{path}", data, content_type, headers=self.headers
        )

    def browser(self) -> Client:
        """Open a browser in which this person is signed in."""
        client = Client()
        if self.user:
            client.force_login(self.user)
        return client


def make_person(username: str, *, permitted: bool = False, **columns: Any) -> Person:
    """Make an account with a password and a login token."""
    user = User.objects.create_user(username, f"{username}@chat.example", PASSWORD, **columns)
    if permitted:
        user.user_permissions.add(Permission.objects.get(codename="view_statistics"))
    return Person(user, tokens.issue_login_token(user))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the database that this run does not use."""
    other = "only_sqlite" if connection.vendor == "postgresql" else "only_postgresql"
    left_out = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Let every test begin with nothing counted."""
    cache.clear()
    celery_status.clear()


@pytest.fixture
def viewer(db: None) -> Person:
    """One who may see statistics."""
    return make_person("viewer", permitted=True)


@pytest.fixture
def member(db: None) -> Person:
    """One who is signed in and may not."""
    return make_person("member")


@pytest.fixture
def stranger() -> Person:
    """One whom nobody knows."""
    return Person(None)


@pytest.fixture
def inactive(db: None) -> Person:
    """One who might, but was deactivated after the login."""
    person = make_person("inactive", permitted=True)
    assert person.user is not None
    person.user.is_active = False
    person.user.save()
    return person


@pytest.fixture
def admin_person(db: None) -> Person:
    """One who may do everything."""
    return make_person("root", is_staff=True, is_superuser=True)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis, shared by the tests of this process."""
    with redis_for_tests() as url:
        yield url


@pytest.fixture
def running(transactional_db: None, tmp_path: Path) -> Iterator[Programs]:
    """Start real programs against this test's database."""
    with programs(tmp_path) as started:
        yield started
