"""The parts of `benchmarks/tallies.py`: a temporary PostgreSQL server, chats of any size, readers and writers."""
