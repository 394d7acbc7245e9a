"""Actions on messages. Each returns the number of rows that it changed."""

from .context import COLUMNS, MESSAGE_IDS, ROOTS, TYPED_ROW, Context, flatten, placeholders, row_placeholders


def insert_one(context: Context) -> int:
    """Insert one message."""
    return context.insert(1)


def insert_many(context: Context) -> int:
    """Insert messages into several rooms with one statement."""
    return context.insert(context.rng.randint(2, 20))


def copy(context: Context) -> int:
    """Insert many messages with COPY."""
    rows = context.message_rows(context.new_ids(context.rng.randint(10, 60)))
    with context.cursor.copy(f"COPY chat_message ({COLUMNS}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)
    return len(rows)


def upsert(context: Context) -> int:
    """Insert messages, or update those whose ids exist."""
    rows = context.message_rows(context.sample(MESSAGE_IDS, 8))
    return context.execute(
        f"INSERT INTO chat_message ({COLUMNS}) VALUES {row_placeholders(rows)} ON CONFLICT (id) DO UPDATE SET "
        "room_id = excluded.room_id, thread_root_id = excluded.thread_root_id, is_pinned = excluded.is_pinned",
        *flatten(rows),
    )


def merge(context: Context) -> int:
    """Delete, update and insert messages with one statement."""
    rows = context.message_rows(context.sample(MESSAGE_IDS, 12))
    return context.execute(
        f"MERGE INTO chat_message m USING (VALUES {', '.join([TYPED_ROW] * len(rows))}) v ({COLUMNS}) ON m.id = v.id "
        "WHEN MATCHED AND v.is_pinned THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET room_id = v.room_id, thread_root_id = v.thread_root_id, is_pinned = v.is_pinned "
        f"WHEN NOT MATCHED THEN INSERT ({COLUMNS}) "
        "VALUES (v.id, v.room_id, v.sent_at, v.thread_root_id, v.is_pinned, v.author_id)",
        *flatten(rows),
    )


def replace(context: Context) -> int:
    """Delete some messages and insert others with one statement."""
    keys, rows = context.room_messages(6), context.message_rows(context.new_ids(3))
    if not keys:
        return 0
    typed = ", ".join([TYPED_ROW] * len(rows))
    return context.execute(
        f"WITH gone AS (DELETE FROM chat_message WHERE id IN ({placeholders(keys)}) RETURNING id) "
        f"INSERT INTO chat_message ({COLUMNS}) VALUES {typed}",
        *keys, *flatten(rows),
    )  # fmt: skip


def delete(context: Context) -> int:
    """Delete a few messages."""
    return context.delete("chat_message", context.room_messages(8))


def delete_many(context: Context) -> int:
    """Delete nearly all messages of a room with one statement."""
    room = context.random_room()
    kept = context.column("SELECT id FROM chat_message WHERE room_id = %s ORDER BY id LIMIT 5", room)
    keeping = f" AND id NOT IN ({placeholders(kept)})" if kept else ""
    return context.execute(f"DELETE FROM chat_message WHERE room_id = %s{keeping}", room, *kept)


def move(context: Context) -> int:
    """Move some messages to another room."""
    return context.update("room_id = %s", context.room_messages(8), context.random_room())


def move_all(context: Context) -> int:
    """Move all messages of a room to another room."""
    return context.execute(
        "UPDATE chat_message SET room_id = %s WHERE room_id = %s", context.random_room(), context.random_room()
    )


def reply(context: Context) -> int:
    """Move messages to another thread, or out of their thread. The root may be a message that does not exist."""
    keys = context.room_messages(8)
    return context.update("thread_root_id = %s", keys, context.rng.choice([None, *ROOTS, *keys[:1]]))


def pin(context: Context) -> int:
    """Pin some messages, or unpin those that are pinned."""
    return context.update("is_pinned = NOT is_pinned", context.room_messages(8))


def edit(context: Context) -> int:
    """Change a column that no tally counts."""
    return context.update("edited_at = sent_at", context.room_messages(8))


def move_there_and_back(context: Context) -> int:
    """Change the same messages several times in one transaction, and delete one of them."""
    keys = context.room_messages(4)
    changed = [context.update("room_id = %s, is_pinned = NOT is_pinned", keys, context.random_room()) for _ in range(3)]
    return min(changed) + context.delete("chat_message", keys[:1])


WEIGHTS = {
    insert_one: 12, insert_many: 8, upsert: 4, delete: 6, delete_many: 3, move: 6, move_all: 2, reply: 6, pin: 6, edit: 2,
    move_there_and_back: 2,
}  # fmt: skip
POSTGRESQL_WEIGHTS = {copy: 3, merge: 4, replace: 3}
