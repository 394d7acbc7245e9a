"""Rows that are noted and not yet folded: the tail that a read has to add to the sums."""

import time

from statistics_app.tallies.folding import fold

from .cluster import Database
from .filling import key, message_key
from .sizes import Size

# Prime to any number of rooms that is made of twos and fives: consecutive messages are in rooms far apart.
STRIDE = 7919
NEW_KEY = "left(replace(gen_random_uuid()::text, '-', ''), 17)"


def spread(number: str, rooms: object) -> str:
    """Lead a number to a room far from those of its neighbours."""
    return f"(({number})::bigint * {STRIDE} % {rooms})"


def note(database: Database, rows: int, size: Size) -> None:
    """Send as many messages, each noted in a row of its own, evenly to all rooms: the worst that there is for a read."""
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
    """Fold what is noted; return how many rows that were, and the seconds."""
    tallies = database.tallies
    began = time.perf_counter()
    return fold(tallies), time.perf_counter() - began
