"""Deeds that hit everybody: whole tables emptied, and deadlocks on purpose; each returns how many rows it touched."""

import time

from .hand import ROOMS, TEAMS, TYPES, USERS, Hand
from .on_people import sign_up, upload
from .on_rooms import CREATED

CROSSED = ROOMS[:3]
PAUSE_SECONDS = 0.03
# Who empties a table waits for all and lets all wait; so it does not wait for long.
PATIENCE_MILLISECONDS = 500
# The order in which those who read take the tables: whoever takes them so meets no deadlock with them.
AS_READERS_DO = ("chat_user", "chat_room", "chat_upload", "chat_team", "chat_message")


def cross(hand: Hand) -> int:
    """Lock two rooms in any order, slowly: those who cross wait for each other."""
    first, second = hand.chance.sample(CROSSED, 2)
    done = hand.run("UPDATE chat_room SET name = 'first' WHERE id = %s", first)
    time.sleep(PAUSE_SECONDS)
    return min(done, hand.run("UPDATE chat_room SET type = %s WHERE id = %s", hand.chance.choice(TYPES), second))


def truncate_messages(hand: Hand) -> int:
    """Empty the messages, and put some."""
    _empty(hand, "chat_message")
    return 1 + hand.insert(hand.chance.randint(1, 60))


def truncate_others(hand: Hand) -> int:
    """Empty the rooms or the accounts with all that points to them, or uploads and teams; make some anew."""
    table = hand.chance.choice(("chat_room", "chat_room", "chat_user", "chat_upload", "chat_team"))
    if hand.chance.random() < 0.8:
        hand.run(f"SET LOCAL lock_timeout = {PATIENCE_MILLISECONDS}")
        hand.run(f"LOCK TABLE {', '.join(AS_READERS_DO)} IN ACCESS EXCLUSIVE MODE")
    _empty(hand, f"{table} CASCADE" if table != "chat_upload" else table)
    if table in ("chat_room", "chat_team"):
        for room in hand.some(ROOMS, len(ROOMS)):
            hand.run(f"{CREATED} ON CONFLICT (id) DO NOTHING", room, hand.chance.choice(TYPES))
    elif table == "chat_user":
        for _ in range(len(USERS) // 10):
            sign_up(hand)
    return 1 + upload(hand) + hand.run("INSERT INTO chat_team (id, name) VALUES (%s, '') ON CONFLICT DO NOTHING", TEAMS[0])


def _empty(hand: Hand, tables: str) -> None:
    """Empty tables; what this transaction did to them before is checked first, as PostgreSQL demands."""
    hand.run("SET CONSTRAINTS ALL IMMEDIATE")
    hand.run(f"SET LOCAL lock_timeout = {PATIENCE_MILLISECONDS}")
    hand.run(f"TRUNCATE {tables}")
    hand.run("SET LOCAL lock_timeout = 0")
    hand.run("SET CONSTRAINTS ALL DEFERRED")


EMPTYING = (truncate_messages, truncate_others)
ON_POSTGRESQL = {cross: 2, truncate_messages: 0.1, truncate_others: 0.1}
