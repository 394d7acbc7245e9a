"""The contract: this project's chat passes it, in every kind of test case."""

import pytest
from django.test import TestCase, TransactionTestCase

from statistics_app.sources.base import ChatSource
from statistics_app.tallies import overrides
from statistics_app.testing import answers

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


def test_every_question_is_compared() -> None:
    public = {name for name in vars(ChatSource) if not name.startswith("_") and callable(getattr(ChatSource, name))}
    not_about_rows = {"me", "app_labels", "check", "check_stored", "reported_statistics", "event_kinds"}
    assert set(answers.QUESTIONS) == public - not_about_rows
    assert set(answers.COUNTED) == set(overrides.QUESTIONS)
