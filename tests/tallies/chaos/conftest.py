"""A PostgreSQL for the fixed interleavings, whatever database the other tests run on."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.services.postgresql import PostgreSQL

from .stage import database_beside


@pytest.fixture(scope="module")
def url(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A server with the chat's tables."""
    server = PostgreSQL()
    server.start()
    try:
        with django_db_blocker.unblock(), database_beside(server.url):
            yield server.url
    finally:
        server.stop()
