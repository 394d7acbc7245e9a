"""Fill a chat of any size fast: everything is drawn from a row's number, so two chats of a size are alike."""

from tqdm import tqdm

from .cluster import Database
from .sizes import Size

BATCH = 250_000
# The indexes that counting and reading need; building the others for millions of rows takes minutes.
READ_INDEXES = ("room_id", "sent_at")
SUBSCRIPTIONS = UPLOADS = 1_000


def chance(number: str, seed: int) -> str:
    """Draw from 0 to 1 for a number."""
    return f"((hashint8extended({number}, {seed}) & 1073741823) / 1073741824.0)"


def key(letter: str, number: str) -> str:
    """Write a room's or user's key of 17 characters, as Rocket.Chat's are."""
    return f"'{letter}' || lpad(({number})::text, 16, '0')"


def message_key(number: str) -> str:
    """Write a message's key, in no order, as keys made by chance are."""
    return f"'m' || lpad(to_hex(hashint8extended({number}, 0)), 16, '0')"


def picked(number: str, of: int, seed: int) -> str:
    """Draw one of so many, the first ones more often by far."""
    return f"floor({of} * power({chance(number, seed)}, 3))::int"


def fill(database: Database, size: Size, *, lean: bool) -> None:
    """Fill an empty chat; `lean` leaves out the message table's indexes that reading does not need."""
    # What a replica's role skips are the constraints' triggers: the keys are right by the way they are made.
    quick = "SET session_replication_role = replica; SET synchronous_commit = off"
    database.run(quick, *_people(size), *_rooms(size))
    later = _drop_indexes(database) if lean else []
    for first in tqdm(range(1, size.messages + 1, BATCH), desc=f"filling {size}", disable=None, leave=False):
        database.run(quick, messages(f"generate_series({first}, {min(first + BATCH - 1, size.messages)}) n", size))
    for statement in later:
        database.run(statement)
    database.run("VACUUM (ANALYZE)")


def messages(numbers: str, size: Size) -> str:
    """Write the messages of some numbers: one in ten is a reply, in the room of its root; one in a thousand is pinned."""
    root = "CASE WHEN n % 10 = 0 THEN n - n % 50 + 1 END"
    return f"""
INSERT INTO chat_message (id, room_id, author_id, sent_at, thread_root_id, is_pinned)
SELECT {message_key("n")}, {key("r", picked("coalesce(root, n)", size.rooms, 1))}, {key("u", picked("n", size.users, 2))},
  timestamptz '2024-01-01Z' + n * interval '1 second', CASE WHEN root IS NOT NULL THEN {message_key("root")} END, n % 1000 = 0
FROM (SELECT n::bigint AS n, ({root})::bigint AS root FROM {numbers}) numbered"""


def _people(size: Size) -> list[str]:
    presence = "(ARRAY['online', 'away', 'busy', 'offline'])[1 + n % 4]"
    language = "(ARRAY['', 'en', 'de', 'fr', 'es', 'pt', 'ru', 'ja'])[1 + n % 8]"
    return [
        f"""
INSERT INTO chat_user (id, password, is_superuser, username, email, is_staff, is_active, date_joined, name, presence, type,
  language, last_login)
SELECT {key("u", "n")}, '', false, 'user-' || n, 'user-' || n || '@chat.example', false, n % 20 <> 0, now(), 'User ' || n,
  {presence}, CASE WHEN n % 100 = 0 THEN 'bot' ELSE 'user' END, {language}, now() - n * interval '1 minute'
FROM generate_series(0, {size.users - 1}) n""",
    ]


def _rooms(size: Size) -> list[str]:
    return [
        f"INSERT INTO chat_team (id, name) SELECT {key('t', 'n')}, 'Team ' || n FROM generate_series(0, 9) n",
        f"""
INSERT INTO chat_room (id, type, name, parent_id, team_id, is_archived, created_at)
SELECT {key("r", "n")}, (ARRAY['c', 'p', 'd', 'd', 'd', 'l'])[1 + n % 6], 'room-' || n,
  CASE WHEN n % 20 = 1 THEN {key("r", "0")} END, CASE WHEN n % 10 = 0 THEN {key("t", "n % 10")} END, false, now()
FROM generate_series(0, {size.rooms - 1}) n""",
        f"""
INSERT INTO chat_upload (id, room_id, user_id, name, size, uploaded_at)
SELECT {key("f", "n")}, {key("r", f"n % {size.rooms}")}, {key("u", f"n % {size.users}")}, 'file', n * 1000, now()
FROM generate_series(1, {UPLOADS}) n""",
        f"""
INSERT INTO chat_subscription (id, user_id, room_id, last_seen_at)
SELECT {key("s", "n")}, {key("u", f"n % {size.users}")}, {key("r", f"n % {size.rooms}")}, now() - n * interval '1 minute'
FROM generate_series(1, {SUBSCRIPTIONS}) n""",
    ]


def _drop_indexes(database: Database) -> list[str]:
    """Drop the message table's indexes, and return how to make those again that are needed."""
    found = database.run(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisprimary, ARRAY(SELECT attname::text "
        "FROM pg_attribute WHERE attrelid = i.indexrelid), c.conname FROM pg_index i LEFT JOIN pg_constraint c "
        "ON c.conindid = i.indexrelid AND c.contype = 'p' WHERE i.indrelid = 'chat_message'::regclass"
    )
    for name, _, is_key, _, constraint in found:
        database.run(f"ALTER TABLE chat_message DROP CONSTRAINT {constraint}" if is_key else f"DROP INDEX {name}")
    return [
        definition for _, definition, _, columns, _ in found if columns[0] in READ_INDEXES and "pattern_ops" not in definition
    ]
