"""Actions that affect all other processes: TRUNCATE and deadlocks. Each returns the number of rows that it changed."""

import time

from .context import ROOMS, TEAMS, TYPES, USERS, Context
from .room_actions import INSERT_ROOM
from .user_actions import create_users, upload

DEADLOCK_ROOMS = ROOMS[:3]
PAUSE_SECONDS = 0.03
# TRUNCATE waits for all other transactions on the table and blocks new ones, so its wait is kept short.
LOCK_TIMEOUT_MILLISECONDS = 500
# The order in which readers lock the tables. Locking them in the same order avoids deadlocks with readers.
LOCK_ORDER = ("chat_user", "chat_room", "chat_upload", "chat_team", "chat_message")


def lock_crosswise(context: Context) -> int:
    """Update two rooms in random order, with a pause in between, so that two writers can deadlock."""
    first, second = context.rng.sample(DEADLOCK_ROOMS, 2)
    changed = context.execute("UPDATE chat_room SET name = 'first' WHERE id = %s", first)
    time.sleep(PAUSE_SECONDS)
    return min(changed, context.execute("UPDATE chat_room SET type = %s WHERE id = %s", context.rng.choice(TYPES), second))


def truncate_messages(context: Context) -> int:
    """Truncate the messages, and insert new ones."""
    _truncate(context, "chat_message")
    return 1 + context.insert(context.rng.randint(1, 60))


def truncate_others(context: Context) -> int:
    """Truncate rooms, accounts or teams with everything that references them, or uploads, and insert new rows."""
    table = context.rng.choice(("chat_room", "chat_room", "chat_user", "chat_upload", "chat_team"))
    if context.rng.random() < 0.8:
        context.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}")
        context.execute(f"LOCK TABLE {', '.join(LOCK_ORDER)} IN ACCESS EXCLUSIVE MODE")
    _truncate(context, f"{table} CASCADE" if table != "chat_upload" else table)
    if table in ("chat_room", "chat_team"):
        for room in context.sample(ROOMS, len(ROOMS)):
            context.execute(f"{INSERT_ROOM} ON CONFLICT (id) DO NOTHING", room, context.rng.choice(TYPES))
    elif table == "chat_user":
        for _ in range(len(USERS) // 10):
            create_users(context)
    return (
        1
        + upload(context)
        + context.execute("INSERT INTO chat_team (id, name) VALUES (%s, '') ON CONFLICT DO NOTHING", TEAMS[0])
    )


def _truncate(context: Context, tables: str) -> None:
    """Truncate tables. PostgreSQL requires that deferred constraints of earlier changes are checked first."""
    context.execute("SET CONSTRAINTS ALL IMMEDIATE")
    context.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}")
    context.execute(f"TRUNCATE {tables}")
    context.execute("SET LOCAL lock_timeout = 0")
    context.execute("SET CONSTRAINTS ALL DEFERRED")


TRUNCATIONS = (truncate_messages, truncate_others)
POSTGRESQL_WEIGHTS = {lock_crosswise: 2, truncate_messages: 0.1, truncate_others: 0.1}
