"""A chat with a column of every type: what the fuzz of declarations declares (tests/tallies/test_any_declaration.py)."""
