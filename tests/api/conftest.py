"""Fixtures for tests that send raw requests."""

from collections.abc import Callable, Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pytest_django import Settings

from statistics_app.accounts.tokens import issue_login_token
from tests.conftest import Person

from .raw_requests import Application, Headers


@pytest.fixture
def application(db: None) -> Iterator[Application]:
    """The application in this process; it uses the test's own database connection, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield Application()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def credentials(viewer: Person) -> Headers:
    """The credential headers of a user who may view statistics."""
    return tuple((name, value.encode()) for name, value in viewer.headers.items())


@pytest.fixture
def signed_in(viewer: Person) -> Callable[[], Headers]:
    """A function that returns new credentials at each call, since some of the requests revoke them."""

    def sign_in() -> Headers:
        assert viewer.user
        return (("X-User-Id", viewer.user.pk.encode()), ("X-Auth-Token", issue_login_token(viewer.user).encode()))

    return sign_in


@pytest.fixture
def no_throttles(settings: Settings) -> None:
    """Switch all throttles off."""
    throttles = ("THROTTLE_LOGIN", "THROTTLE_LOGIN_ADDRESS", "THROTTLE_READ", "THROTTLE_REFRESH")
    settings.STATISTICS = {**settings.STATISTICS, **dict.fromkeys(throttles, "")}
