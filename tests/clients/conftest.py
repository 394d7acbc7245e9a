"""A server that a module's tests share, accounts whose names nobody has used, and each client in turn."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Person, make_person
from tests.services.programs import programs

from . import published
from .driving import Driven, driven
from .published import Published

Starts = Callable[[Published], Driven]


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a web server for a module's tests: its throttles are on, as a client meets them."""
    with programs(tmp_path_factory.mktemp("server")) as started:
        yield started.web()[1]


@pytest.fixture
def start(transactional_db: None, server: str, tmp_path: Path) -> Iterator[Starts]:
    """Start clients, and end them."""
    with ExitStack() as stack:

        def start_one(wanted: Published) -> Driven:
            _demand(wanted)
            return stack.enter_context(driven(wanted, server, tmp_path))

        yield start_one


@pytest.fixture(params=published.ALL, ids=lambda each: each.full_name)
def client(request: pytest.FixtureRequest) -> Published:
    """Name each client in turn."""
    return request.param


@pytest.fixture
def chat(client: Published, start: Starts) -> Driven:
    """Start each client in turn."""
    return start(client)


@pytest.fixture
def viewer(transactional_db: None) -> Person:
    """One who may see statistics."""
    return make_person(_new_name(), permitted=True)


@pytest.fixture
def member(transactional_db: None) -> Person:
    """One who may not."""
    return make_person(_new_name())


def _new_name() -> str:
    """Invent a name: the server counts attempts by name, and one that came again would find its past there."""
    return f"user-{secrets.token_hex(4)}"


def _demand(wanted: Published) -> None:
    """Skip what this machine cannot run; what it could, and has not installed, is a failure."""
    if wanted.is_for_node and published.NODE is None:
        pytest.skip("Node.js runs this client, and there is neither one in the path nor one for the set-up to install.")
    if not wanted.is_installed:
        pytest.fail(f"{wanted.full_name} is not installed; `make clients` installs it.")
