"""The chat of several tables passes the contract, with direct messages in tables of their own."""

from collections.abc import Iterator

import pytest

from tests.manychat.chat import create_tables, drop_tables
from tests.manychat.contract import ManyChatContract

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.fixture(autouse=True)
def tables(db: None) -> Iterator[None]:
    """The tables of the chat, which no migration makes."""
    create_tables()
    yield
    drop_tables()


class TestSeveralTables(ManyChatContract):
    """The contract with all tables, of which some are counted by triggers and others live."""
