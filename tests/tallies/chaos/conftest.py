"""A PostgreSQL server for the fixed interleavings, independent of the database of the other tests."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.services.postgresql import PostgreSQL

from .harness import second_database


@pytest.fixture(scope="module")
def url(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The URL of a server with the chat's tables."""
    server = PostgreSQL()
    server.start()
    try:
        with django_db_blocker.unblock(), second_database(server.url):
            yield server.url
    finally:
        server.stop()
