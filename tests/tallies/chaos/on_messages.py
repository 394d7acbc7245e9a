"""Deeds on messages; each returns how many rows it touched."""

from .hand import COLUMNS, LASTING, ROOTS, Hand, flat, listed, marks


def insert_one(hand: Hand) -> int:
    """Put one message."""
    return hand.insert(1)


def insert_many(hand: Hand) -> int:
    """Put some with one statement, into many rooms."""
    return hand.insert(hand.chance.randint(2, 20))


def copy(hand: Hand) -> int:
    """Load many."""
    rows = hand.rows(hand.new(hand.chance.randint(10, 60)))
    with hand.cursor.copy(f"COPY chat_message ({COLUMNS}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)
    return len(rows)


def upsert(hand: Hand) -> int:
    """Put some under ids that may be there, and change those that are."""
    rows = hand.rows(hand.some(LASTING, 8))
    return hand.run(
        f"INSERT INTO chat_message ({COLUMNS}) VALUES {marks(rows)} ON CONFLICT (id) DO UPDATE SET "
        "room_id = excluded.room_id, thread_root_id = excluded.thread_root_id, is_pinned = excluded.is_pinned",
        *flat(rows),
    )


def merge(hand: Hand) -> int:
    """Delete, change and put with one statement."""
    rows = hand.rows(hand.some(LASTING, 12))
    typed = "(%s::text, %s::text, %s::timestamptz, %s::text, %s::boolean)"
    return hand.run(
        f"MERGE INTO chat_message m USING (VALUES {', '.join([typed] * len(rows))}) v ({COLUMNS}) ON m.id = v.id "
        "WHEN MATCHED AND v.is_pinned THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET room_id = v.room_id, thread_root_id = v.thread_root_id, is_pinned = v.is_pinned "
        f"WHEN NOT MATCHED THEN INSERT ({COLUMNS}) VALUES (v.id, v.room_id, v.sent_at, v.thread_root_id, v.is_pinned)",
        *flat(rows),
    )


def replace(hand: Hand) -> int:
    """Delete some and put others with one statement."""
    keys, rows = hand.messages(6), hand.rows(hand.new(3))
    if not keys:
        return 0
    typed = ", ".join(["(%s::text, %s::text, %s::timestamptz, %s::text, %s::boolean)"] * len(rows))
    return hand.run(
        f"WITH gone AS (DELETE FROM chat_message WHERE id IN ({listed(keys)}) RETURNING id) "
        f"INSERT INTO chat_message ({COLUMNS}) VALUES {typed}",
        *keys, *flat(rows),
    )  # fmt: skip


def delete(hand: Hand) -> int:
    """Delete a few."""
    return hand.remove("chat_message", hand.messages(8))


def delete_many(hand: Hand) -> int:
    """Delete nearly all of a room with one statement."""
    room = hand.room()
    kept = hand.column("SELECT id FROM chat_message WHERE room_id = %s ORDER BY id LIMIT 5", room)
    keeping = f" AND id NOT IN ({listed(kept)})" if kept else ""
    return hand.run(f"DELETE FROM chat_message WHERE room_id = %s{keeping}", room, *kept)


def move(hand: Hand) -> int:
    """Move some to another room."""
    return hand.change("room_id = %s", hand.messages(8), hand.room())


def move_all(hand: Hand) -> int:
    """Move all of a room to another."""
    return hand.run("UPDATE chat_message SET room_id = %s WHERE room_id = %s", hand.room(), hand.room())


def reply(hand: Hand) -> int:
    """Move some to another thread, or out of theirs; a root may be a message that is there, or none."""
    keys = hand.messages(8)
    return hand.change("thread_root_id = %s", keys, hand.chance.choice([None, *ROOTS, *keys[:1]]))


def pin(hand: Hand) -> int:
    """Pin those that are not, and the other way round."""
    return hand.change("is_pinned = NOT is_pinned", hand.messages(8))


def edit(hand: Hand) -> int:
    """Change what does not count."""
    return hand.change("edited_at = sent_at", hand.messages(8))


def move_there_and_back(hand: Hand) -> int:
    """Change the same rows again and again in one transaction."""
    keys = hand.messages(4)
    done = [hand.change("room_id = %s, is_pinned = NOT is_pinned", keys, hand.room()) for _ in range(3)]
    return min(done) + hand.remove("chat_message", keys[:1])


EVERYWHERE = {
    insert_one: 12, insert_many: 8, upsert: 4, delete: 6, delete_many: 3, move: 6, move_all: 2, reply: 6, pin: 6, edit: 2,
    move_there_and_back: 2,
}  # fmt: skip
ON_POSTGRESQL = {copy: 3, merge: 4, replace: 3}
