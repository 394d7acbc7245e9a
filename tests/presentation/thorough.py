"""Hypothesis settings of the property tests: always the same examples, and no deadline."""

from hypothesis import settings

thorough = settings(max_examples=100, deadline=None, derandomize=True, database=None)
