"""What `benchmarks/tallies.py` is made of: a PostgreSQL of its own, chats of any size, readers, writers."""
