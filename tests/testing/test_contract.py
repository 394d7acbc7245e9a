"""The contract: this project's chat passes it, in every kind of test case."""

import pytest
from django.test import TestCase, TransactionTestCase

from .workspace import WorkspaceContract

pytestmark = pytest.mark.any_database


class TestInATransaction(WorkspaceContract, TestCase):
    """The contract in Django's TestCase."""


class TestCommitted(WorkspaceContract, TransactionTestCase):
    """The contract in Django's TransactionTestCase."""

    seed = 1


@pytest.mark.django_db(transaction=True)
class TestWithoutUnittest(WorkspaceContract):
    """The contract in a plain class of pytest."""

    seed = 2
