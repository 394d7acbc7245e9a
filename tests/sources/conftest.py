"""Fixtures of the running counts."""

from tests.tallies.conftest import anychat, tallies

__all__ = ["anychat", "tallies"]
