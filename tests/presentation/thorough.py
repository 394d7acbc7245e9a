"""How long properties are looked at: the same examples every time, and no clock."""

from hypothesis import settings

thorough = settings(max_examples=100, deadline=None, derandomize=True, database=None)
