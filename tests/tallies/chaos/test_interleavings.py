"""What chance meets rarely, met every time: the right machinery stays exact, and each wrong one is found by one of these."""

import secrets

import pytest

from .interleavings import INTERLEAVINGS
from .stage import stage_for
from .variants import VARIANTS

pytestmark = pytest.mark.slow

# What each wrong machinery is found by.
REVEALING = {
    "inner-join-in-the-read": "id used again",
    "inner-join-in-the-fold": "id used again",
    "tail-alone": "insert open over a kind change, READ COMMITTED",
    "classes-first": "change in the middle of a fold",
    "select-then-delete": "change in the middle of a fold",
    "without-lock": "second fold before the first ends",
    "deleting-where-it-should-truncate": "truncated by one with an old view",
    "columns-listed": "trigger that moves",
    "ordinary-triggers": "replica",
}


@pytest.mark.parametrize("name", INTERLEAVINGS)
def test_the_right_machinery_is_exact(url: str, name: str) -> None:
    with stage_for(VARIANTS["right"], url) as stage:
        INTERLEAVINGS[name](stage)
        assert stage.differences == []


@pytest.mark.parametrize("name", REVEALING)
def test_a_wrong_machinery_is_found(url: str, name: str) -> None:
    with stage_for(VARIANTS[name], url) as stage:
        INTERLEAVINGS[REVEALING[name]](stage)
        assert stage.differences != []


def test_every_wrong_machinery_of_postgresql_is_tried() -> None:
    assert {"right", "rooms-unwatched", *REVEALING} == set(VARIANTS)


def test_a_key_may_be_longer_than_an_index_takes(url: str) -> None:
    with stage_for(VARIANTS["right"], url) as stage:
        chat = stage.session()
        key = secrets.token_hex(8000)
        for _ in range(2):
            chat.run("INSERT INTO statistics_tally_users_ledger (key, n, amount) VALUES (%s, 1, 0)", key)
            stage.fold()
        assert chat.run("SELECT n FROM statistics_tally_users_total WHERE key = %s", key) == [(2,)]
