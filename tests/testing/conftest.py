"""Fixtures of the running counts."""

from tests.tallies.conftest import tallies

__all__ = ["tallies"]
