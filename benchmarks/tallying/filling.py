"""Fast filling of a chat of any size. All values depend on the row's number only, so chats of the same size are equal."""

from tqdm import tqdm

from .cluster import Database
from .sizes import Size

BATCH = 250_000
# The indexes that counting and reading need. Building the others for millions of rows takes minutes.
READ_INDEXES = ("room_id", "sent_at")
SUBSCRIPTIONS = UPLOADS = 1_000


def pseudorandom(number: str, seed: int) -> str:
    """Return the SQL expression of a pseudorandom value from 0 to 1 for a number."""
    return f"((hashint8extended({number}, {seed}) & 1073741823) / 1073741824.0)"


def key(letter: str, number: str) -> str:
    """Return the SQL expression of the key of a room or user. It has 17 characters, like Rocket.Chat's keys."""
    return f"'{letter}' || lpad(({number})::text, 16, '0')"


def message_key(number: str) -> str:
    """Return the SQL expression of the key of a message. The keys are in no order, like random ones."""
    return f"'m' || lpad(to_hex(hashint8extended({number}, 0)), 16, '0')"


def skewed(number: str, size: int, seed: int) -> str:
    """Return the SQL expression of a pseudorandom integer below `size`, with a strong preference for small ones."""
    return f"floor({size} * power({pseudorandom(number, seed)}, 3))::int"


def fill(database: Database, size: Size, *, lean: bool) -> None:
    """Fill an empty chat. If `lean`, the message table gets only the indexes that reading needs."""
    # With the role `replica`, the triggers of the constraints do not fire. The generated keys are known to be valid.
    fast = "SET session_replication_role = replica; SET synchronous_commit = off"
    database.run(fast, *_users(size), *_rooms(size))
    indexes = _drop_indexes(database) if lean else []
    for first in tqdm(range(1, size.messages + 1, BATCH), desc=f"filling {size}", disable=None, leave=False):
        database.run(fast, messages(f"generate_series({first}, {min(first + BATCH - 1, size.messages)}) n", size))
    for statement in indexes:
        database.run(statement)
    database.run("VACUUM (ANALYZE)")


def messages(numbers: str, size: Size) -> str:
    """Return the statement that inserts messages: one in ten is a reply, in its root's room, and one in a thousand is pinned.

    `numbers` is the SQL of the set of the messages' numbers.
    """
    root = "CASE WHEN n % 10 = 0 THEN n - n % 50 + 1 END"
    return f"""
INSERT INTO chat_message (id, room_id, author_id, sent_at, thread_root_id, is_pinned)
SELECT {message_key("n")}, {key("r", skewed("coalesce(root, n)", size.rooms, 1))}, {key("u", skewed("n", size.users, 2))},
  timestamptz '2024-01-01Z' + n * interval '1 second', CASE WHEN root IS NOT NULL THEN {message_key("root")} END, n % 1000 = 0
FROM (SELECT n::bigint AS n, ({root})::bigint AS root FROM {numbers}) numbered"""


def _users(size: Size) -> list[str]:
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
    """Drop the message table's indexes, and return the statements that recreate those that reading needs."""
    indexes = database.run(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisprimary, ARRAY(SELECT attname::text "
        "FROM pg_attribute WHERE attrelid = i.indexrelid), c.conname FROM pg_index i LEFT JOIN pg_constraint c "
        "ON c.conindid = i.indexrelid AND c.contype = 'p' WHERE i.indrelid = 'chat_message'::regclass"
    )
    for name, _, is_key, _, constraint in indexes:
        database.run(f"ALTER TABLE chat_message DROP CONSTRAINT {constraint}" if is_key else f"DROP INDEX {name}")
    return [
        definition for _, definition, _, columns, _ in indexes if columns[0] in READ_INDEXES and "pattern_ops" not in definition
    ]
