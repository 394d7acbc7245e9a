"""The chat with a column of every type passes the contract that hosts can test their sources with."""

import pytest

from tests.anychat.contract import AnyChatContract


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("anychat")
class TestAnyChat(AnyChatContract):
    """The contract, with running counts that are installed for it."""
