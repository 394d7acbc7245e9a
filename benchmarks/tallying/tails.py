"""The tail: the rows of the ledger that are not folded yet, which a read has to add to the sums."""

import time

from statistics_app.tallies.folding import fold

from .cluster import Database
from .filling import key, message_key
from .sizes import Size

# Coprime to any number of rooms whose only prime factors are 2 and 5, so consecutive messages are in rooms far apart.
STRIDE = 7919
NEW_KEY = "left(replace(gen_random_uuid()::text, '-', ''), 17)"


def spread(number: str, rooms: object) -> str:
    """Return the SQL expression that maps a number to a room, far from the rooms of the adjacent numbers."""
    return f"(({number})::bigint * {STRIDE} % {rooms})"


def note(database: Database, rows: int, size: Size) -> None:
    """Insert messages that add a number of rows to the ledger, spread evenly over all rooms: the worst case for a read."""
    chunk = min(rows, size.rooms)
    database.run(
        f"""
DO $$ BEGIN
  FOR begun IN 0 .. {rows - 1} BY {chunk} LOOP
    INSERT INTO chat_message (id, room_id, author_id, sent_at, thread_root_id, is_pinned)
    SELECT {NEW_KEY}, {key("r", spread("n", size.rooms))}, {key("u", f"n % {size.users}")}, now(),
      CASE WHEN n % 10 = 0 THEN {message_key(f"n % {size.messages} / 50 * 50 + 1")} END, false
    FROM generate_series(begun, least(begun + {chunk}, {rows}) - 1) n;
  END LOOP;
END $$"""
    )


def fold_timed(database: Database) -> tuple[int, float]:
    """Fold the ledgers, and return the number of rows folded and the seconds."""
    tallies = database.tallies
    started = time.perf_counter()
    return fold(tallies), time.perf_counter() - started
