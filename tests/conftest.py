"""Fixtures for all tests: people who call the API, Redis, and real processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from statistics_app.accounts import credentials, tokens
from statistics_app.accounts.throttle_counters import outage
from statistics_app.accounts.usage import counts
from statistics_app.snapshots import celery_status, latest
from statistics_app.sources.remote_server import forget_failures
from statsproject.chat.models import User

from .scheduling import Scheduling
from .services.flushing import keep_what_migrations_wrote
from .services.programs import Programs, programs
from .services.redis import redis_for_tests
from .services.remote_source import use_remote
from .services.replay_server import ReplayServer, Reply, replay_server
from .sources.era_answers import answer_of

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """A caller of the API: an account and a token, or neither."""

    user: User | None
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers with the credentials."""
        return {"X-User-Id": self.user.pk, "X-Auth-Token": self.token} if self.user else {}

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the response to a GET of a path below /api/v1/."""
        return Client().get(f"/api/v1/{path}", parameters, headers=self.headers)

    def call(self, method: str, path: str, data: Any = "", content_type: str = "application/json") -> Any:
        """Return the response to a request with any method and body for a path below /api/v1/."""
        return Client(raise_request_exception=False).generic(
            method, f"/api/v1/{path}", data, content_type, headers=self.headers
        )

    def browser(self) -> Client:
        """Return a client in which this person is signed in to the pages."""
        client = Client()
        if self.user:
            client.force_login(self.user)
        return client


def make_person(username: str, *, permitted: bool = False, **columns: Any) -> Person:
    """Create an account with a password and a login token."""
    user = User.objects.create_user(username, f"{username}@chat.example", PASSWORD, **columns)
    if permitted:
        user.user_permissions.add(Permission.objects.get(codename="view_statistics"))
    return Person(user, tokens.issue_login_token(user))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Let one process run all tests that share an expensive fixture."""
    return Scheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests for the database that this run does not use."""
    others = {"postgresql": "only_postgresql", "sqlite": "only_sqlite", "mysql": "only_mariadb"}
    others.pop(connection.vendor, None)
    deselected = [item for item in items if any(item.get_closest_marker(other) for other in others.values())]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in deselected]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Create the test database, and let tests that commit empty it quickly."""
    with django_db_blocker.unblock():
        keep_what_migrations_wrote()


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Clear the cache, and what this process keeps, before every test."""
    cache.clear()
    counts.clear()
    outage.end()
    celery_status.clear()
    credentials.forget()
    latest.forget()


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Forget the language of an earlier test's last request, which Django's middleware leaves in the thread."""
    translation.deactivate()


@pytest.fixture
def viewer(db: None) -> Person:
    """A person who is allowed to view statistics."""
    return make_person("viewer", permitted=True)


@pytest.fixture
def member(db: None) -> Person:
    """A person with an account but without the permission."""
    return make_person("member")


@pytest.fixture
def stranger() -> Person:
    """A person without an account."""
    return Person(None)


@pytest.fixture
def inactive(db: None) -> Person:
    """A person with the permission whose account was deactivated after the login."""
    person = make_person("inactive", permitted=True)
    assert person.user is not None
    person.user.is_active = False
    person.user.save()
    return person


@pytest.fixture
def admin_person(db: None) -> Person:
    """A superuser."""
    return make_person("root", is_staff=True, is_superuser=True)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a real Redis server, shared by the tests of this process."""
    with redis_for_tests() as url:
        yield url


@pytest.fixture
def running(transactional_db: None, tmp_path: Path) -> Iterator[Programs]:
    """Real processes that use this test's database."""
    with programs(tmp_path) as started:
        yield started


@pytest.fixture
def remote(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReplayServer]:
    """A server that answers as Rocket.Chat 6.5 does, whose statistics this installation shows."""
    monkeypatch.setenv("no_proxy", "*")
    forget_failures()
    with replay_server() as server:
        server.reply = Reply.of(answer_of("6.5.2", timezone.now()))
        use_remote(settings, server.url)
        yield server
