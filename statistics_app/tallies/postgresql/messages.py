"""The count of messages on PostgreSQL, by the class of their room.

The triggers on messages do not look up the class, and those on rooms only record that a room is dirty: its class may differ
from the one under which its messages are booked. The class is looked up when sums are read or folded, in the same view of the
data. So no order of commits, no change of a room during writes, and no reuse of an id can count a message under a wrong class.
"""

from collections.abc import Iterable

from ..audit_sql import message_differences
from ..definitions import PREFIX, SLICE, THREADS, MessageDefinition
from ..plan import Amount, MessageCount
from ..room_sql import room_use, rooms_with, top_rooms
from .guard import Schema, function_statements, row_of
from .keyed import (
    LEDGER_OPTIONS,
    NOW,
    changes_tables,
    mark_everything,
    removal_statements,
    removed_unless,
    trigger_statements,
)
from .message_queries import MessageSQL


def message_definition(count: MessageCount, schema: Schema) -> MessageDefinition:
    """Return the definition of the count of messages, pins and threads."""
    base = f"{PREFIX}_{count.name}"
    rooms_base = f"{base}_rooms"
    ledger, dirty, booked, thread, total, changes, quarters = (
        f'{schema}."{base}_{part}"' for part in ("ledger", "dirty", "room", "thread", "total", "changes", "quarter")
    )
    tables = (ledger, dirty, booked, thread, total, changes, quarters)
    sql = MessageSQL(count, ledger, dirty, booked, thread, total, changes, quarters)
    on_messages, on_rooms = message_bodies(count, sql), room_bodies(count, sql)
    by_room, by_class, threads = sql.by_room(), sql.by_class(), sql.threads()
    with_pinned = sql.with_amount(Amount.PINNED)
    return MessageDefinition(
        name=count.name,
        kind=count.kind,
        host_tables=count.host_tables,
        tables=tables,
        create=(
            *create_tables(count, sql, schema, base),
            *function_statements(base, schema, on_messages, count.name),
            *function_statements(rooms_base, schema, on_rooms, count.name),
        ),
        attach=(
            *trigger_statements(base, schema, count.messages),
            *room_trigger_statements(rooms_base, schema, count),
        ),
        populate=populate_statements(count, sql, base),
        sliced=count.messages.table,
        fold=sql.fold(),
        drop=(*removal_statements(rooms_base, schema, on_rooms, ()), *removal_statements(base, schema, on_messages, tables)),
        compare=message_differences(
            count,
            rooms=sql.rooms(),
            classes=by_class,
            replies=sql.replies(),
            threads=threads,
        ),
        amounts=count.amounts,
        classes=by_class,
        thread_count=threads,
        rooms_with_pinned=rooms_with(with_pinned, count.rooms_select),
        top_rooms=top_rooms(by_room, count.rooms_select),
        room_use=room_use(by_room, count.rooms_select),
        by_room=by_room,
        with_pinned=with_pinned,
        rooms=count.rooms_select,
        prefix=count.prefix,
        ledgers=(sql.ledger, sql.dirty),
        changes=sql.changes,
        pending=sql.pending(),
        written=f"({sql.written()})",
        quarters=sql.quarters,
        triggers=(*(f"{base}_{event}" for event in on_messages), *(f"{rooms_base}_{event}" for event in on_rooms)),
    )


def create_tables(count: MessageCount, sql: MessageSQL, schema: Schema, base: str) -> tuple[str, ...]:
    """Return the statements that create the tables; those that triggers write to have no key, index or constraint."""
    room, root, author, sums = count.room_type, count.root_type, count.author_type, count.each(", $ bigint NOT NULL")
    return (
        f"CREATE TABLE IF NOT EXISTS {sql.ledger} "
        # Columns of one length first, which leaves no gaps in rows.
        f"(n integer NOT NULL{count.each(', $ integer NOT NULL')}, quarter integer, removed_in integer, "
        f"room {room} NOT NULL, root {root}, author {author}) {LEDGER_OPTIONS}",
        *changes_tables(sql.changes, sql.quarters),
        f"CREATE TABLE IF NOT EXISTS {sql.dirty} (room {room} NOT NULL) {LEDGER_OPTIONS}",
        f"CREATE TABLE IF NOT EXISTS {sql.booked} "
        f"(room {room} PRIMARY KEY, class text, n bigint NOT NULL{sums}) WITH (fillfactor = 70)",
        f"CREATE TABLE IF NOT EXISTS {sql.thread} "
        f"(root {root}, room {room}, n bigint NOT NULL, PRIMARY KEY (root, room)) WITH (fillfactor = 70)",
        # A table that was renamed has kept its index, and the index its name.
        f'DROP INDEX IF EXISTS {schema}."{base}_thread_of_room"',
        f'CREATE INDEX "{base}_thread_of_room" ON {sql.thread} (room)',
        *(statement for amount in count.amounts for statement in index_of_amount(amount, sql, schema, base)),
        f"CREATE TABLE IF NOT EXISTS {sql.total} (class text PRIMARY KEY, n bigint NOT NULL{sums})",
    )


def index_of_amount(amount: str, sql: MessageSQL, schema: Schema, base: str) -> tuple[str, str]:
    """Return the statements that create the index of the rooms in which the sum of an amount is not 0."""
    name = f"{base}_{amount}_of_room"
    return f'DROP INDEX IF EXISTS {schema}."{name}"', f'CREATE INDEX "{name}" ON {sql.booked} (room) WHERE {amount} <> 0'


def message_bodies(count: MessageCount, sql: MessageSQL) -> dict[str, str]:
    """Return the bodies of the triggers on messages, by event: they record changes in the ledger."""
    rows = count.messages

    def record(changed: str, sign: str = "", removed_in: str = "NULL::bigint") -> str:
        # What is taken away was written all the same, so its author does not matter.
        author = f"NULL::{count.author_type}" if sign else "author_"
        return (
            f"INSERT INTO {sql.ledger} (room, root, quarter, author, n{sql.columns}, removed_in) "
            f"SELECT room_, root_, quarter_, {author}, {sign}count(*){count.each(f', {sign}sum($_)')}, {removed_in} "
            f"FROM ({changed}) r GROUP BY 1, 2, 3, 4;"
        )

    return {
        "added": record(rows.over("changed")),
        "removed": record(rows.over("changed"), "-", NOW),
        "changed": (
            record(row_of(rows, "OLD"), "-", removed_unless(rows, "NEW"))
            + " "
            + record(row_of(rows, "NEW"), "", removed_unless(rows, "OLD"))
        ),
        # Not DELETE, which in a transaction with an older view of the data would leave the rows that were written since.
        "emptied": (
            f"LOCK TABLE {sql.ledger} IN ACCESS EXCLUSIVE MODE; {sql.keep(sql.ledger)}; "
            f"TRUNCATE {sql.ledger}, {sql.booked}, {sql.thread}, {sql.total}; {mark_everything(sql.quarters)};"
        ),
    }


def room_bodies(count: MessageCount, sql: MessageSQL) -> dict[str, str]:
    """Return the bodies of the triggers on rooms, by event: they record rooms as dirty."""
    if (rows := count.rooms) is None:
        return {}

    def record(changed: str) -> str:
        # No message refers to a room whose key is NULL, as one that is not the primary key may be.
        return f"INSERT INTO {sql.dirty} (room) SELECT room_ FROM ({changed}) r WHERE room_ IS NOT NULL;"

    return {
        "added": record(rows.over("changed")),
        "removed": record(rows.over("changed")),
        "changed": record(row_of(rows, "OLD")) + " " + record(row_of(rows, "NEW")),
        # Without a foreign key constraint in the host's tables, messages may outlive their rooms.
        "emptied": f"TRUNCATE {sql.dirty}; INSERT INTO {sql.dirty} (room) SELECT room FROM {sql.booked};",
    }


def room_trigger_statements(base: str, schema: Schema, count: MessageCount) -> Iterable[str]:
    """Return the statements that create the triggers on rooms; none if they have no table."""
    return trigger_statements(base, schema, count.rooms) if count.rooms else ()


def populate_statements(count: MessageCount, sql: MessageSQL, base: str) -> tuple[str, ...]:
    """Return the statements that recount in one pass over the messages, and discard the recorded changes."""
    counting = f'pg_temp."{base}_counting"'
    slices = count.messages.over(f"(SELECT * FROM {count.messages.table} WHERE {SLICE})")
    summed = count.each(", sum($) AS $")
    counted = f"SELECT room, sum(n) AS n{summed} FROM {counting} GROUP BY room"
    return (
        f"WITH gone AS (DELETE FROM {sql.ledger} RETURNING *) {sql.keep('gone')}",
        *(f"DELETE FROM {table}" for table in (sql.dirty, sql.booked, sql.thread, sql.total)),
        f"CREATE TEMPORARY TABLE {counting.removeprefix('pg_temp.')} ON COMMIT DROP AS "
        f"SELECT room_ AS room, root_ AS root, count(*) AS n{count.each(', sum($_) AS $')} "
        f"FROM ({count.messages.select}) m GROUP BY 1, 2 LIMIT 0",
        f"INSERT INTO {counting} SELECT room_, root_, count(*){count.each(', sum($_)')} FROM ({slices}) m "
        "GROUP BY room_, root_",
        f"INSERT INTO {sql.booked} (room, class, n{sql.columns}) SELECT m.room, c.class_, m.n{count.each(', m.$')} "
        f"FROM ({counted}) m {count.join_classes('ON c.room_ = m.room')}",
        f"INSERT INTO {sql.thread} (root, room, n) SELECT root, room, sum(n) "
        f"FROM {counting} WHERE root IS NOT NULL GROUP BY root, room",
        f"INSERT INTO {sql.total} (class, n{sql.columns}) "
        f"SELECT class, sum(n){count.each(', sum($)')} FROM {sql.booked} WHERE class IS NOT NULL GROUP BY class",
        f"INSERT INTO {sql.total} (class, n{sql.columns}) SELECT '{THREADS}', count(DISTINCT t.root){count.each(', 0')} "
        f"FROM {sql.thread} t JOIN {sql.booked} b USING (room) WHERE b.class IS NOT NULL",
        mark_everything(sql.quarters),
    )
