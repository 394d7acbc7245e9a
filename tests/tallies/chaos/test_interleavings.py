"""The fixed interleavings: the correct tallies stay exact, and each faulty variant is detected by one of them."""

import secrets

import pytest

from .harness import harness_for
from .interleavings import INTERLEAVINGS
from .variants import VARIANTS

pytestmark = pytest.mark.slow

# The interleaving that detects each faulty variant.
REVEALING = {
    "inner-join-in-the-read": "room id reused",
    "inner-join-in-the-fold": "room id reused",
    "tail-alone": "insert open during a type change, READ COMMITTED",
    "classes-first": "change during a fold",
    "select-then-delete": "change during a fold",
    "without-lock": "second fold before the first ends",
    "deleting-where-it-should-truncate": "truncate with an old snapshot",
    "columns-listed": "trigger that moves messages",
    "ordinary-triggers": "replica session",
}


@pytest.mark.parametrize("name", INTERLEAVINGS)
def test_the_correct_tallies_are_exact(url: str, name: str) -> None:
    with harness_for(VARIANTS["correct"], url) as harness:
        INTERLEAVINGS[name](harness)
        assert harness.differences == []


@pytest.mark.parametrize("name", REVEALING)
def test_a_faulty_variant_is_detected(url: str, name: str) -> None:
    with harness_for(VARIANTS[name], url) as harness:
        INTERLEAVINGS[REVEALING[name]](harness)
        assert harness.differences != []


def test_every_faulty_variant_for_postgresql_is_tested() -> None:
    assert {"correct", "rooms-unwatched", *REVEALING} == set(VARIANTS)


def test_a_key_may_be_longer_than_an_index_entry_can_be(url: str) -> None:
    with harness_for(VARIANTS["correct"], url) as harness:
        chat = harness.session()
        key = secrets.token_hex(8000)
        for _ in range(2):
            chat.run("INSERT INTO statistics_tally_users_ledger (key, n, amount) VALUES (%s, 1, 0)", key)
            harness.fold()
        assert chat.run("SELECT n FROM statistics_tally_users_total WHERE key = %s", key) == [(2,)]
