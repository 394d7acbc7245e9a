"""Fixtures: a server that a module's tests share, accounts with unused names, and each client in turn."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Person, make_person
from tests.services.programs import programs

from . import published_clients
from .client_process import ClientProcess, running_client
from .published_clients import PublishedClient

StartClient = Callable[[PublishedClient], ClientProcess]


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a web server for a module's tests, with the default throttles."""
    with programs(tmp_path_factory.mktemp("server")) as started:
        yield started.web()[1]


@pytest.fixture
def start(transactional_db: None, server: str, tmp_path: Path) -> Iterator[StartClient]:
    """A function that starts a client, which is stopped after the test."""
    with ExitStack() as stack:

        def start_one(client: PublishedClient) -> ClientProcess:
            _require_installed(client)
            return stack.enter_context(running_client(client, server, tmp_path))

        yield start_one


@pytest.fixture(params=published_clients.ALL, ids=lambda each: each.full_name)
def client(request: pytest.FixtureRequest) -> PublishedClient:
    """Each client in turn."""
    return request.param


@pytest.fixture
def chat(client: PublishedClient, start: StartClient) -> ClientProcess:
    """The process of each client in turn."""
    return start(client)


@pytest.fixture
def viewer(transactional_db: None) -> Person:
    """A person who may view statistics."""
    return make_person(_new_name(), permitted=True)


@pytest.fixture
def member(transactional_db: None) -> Person:
    """A person without the permission."""
    return make_person(_new_name())


def _new_name() -> str:
    """Return a new name, since the server keeps its counts of login attempts by name between tests."""
    return f"user-{secrets.token_hex(4)}"


def _require_installed(client: PublishedClient) -> None:
    """Skip the test if the machine cannot run the client; fail if it could and the client is not installed."""
    if client.is_for_node and published_clients.NODE is None:
        pytest.skip("This client requires Node.js, which is neither in the PATH nor available to the set-up.")
    if not client.is_installed:
        pytest.fail(f"{client.full_name} is not installed; `make clients` installs it.")
