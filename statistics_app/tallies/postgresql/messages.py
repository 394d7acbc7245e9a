"""Messages on PostgreSQL, by the class of their room.

A trigger on messages never learns the class, and one on rooms only notes that a room is dirty: its class may differ from
the one under which its messages are booked. The class is looked up in the snapshot of whoever reads or folds. So no order of
commits, no room that changes in the middle of writes, and no id that is used again can put a message under a wrong one.
"""

from ..audit_sql import message_differences
from ..definitions import PREFIX, SLICE, THREADS, MessageDefinition
from ..plan import MessageCount
from ..room_sql import room_use, top_rooms
from .keyed import OFTEN_EMPTIED, function_statements, mark_everything, removal_statements, trigger_statements
from .message_sql import MessageSQL


def message_definition(count: MessageCount, schema: str) -> MessageDefinition:
    """Define the count of messages, pins and threads."""
    base = f"{PREFIX}_{count.name}"
    rooms_base = f"{base}_rooms"
    ledger, dirty, booked, thread, total, quarters = (
        f'{schema}."{base}_{part}"' for part in ("ledger", "dirty", "room", "thread", "total", "quarter")
    )
    tables = (ledger, dirty, booked, thread, total, quarters)
    said = MessageSQL(count, ledger, dirty, booked, thread, total, quarters)
    on_messages, on_rooms = message_bodies(count, said), room_bodies(count, said)
    by_room, by_class, threads = said.by_room(), said.by_class(), said.threads()
    return MessageDefinition(
        name=count.name,
        host_tables=(count.messages.table, count.rooms.table),
        tables=tables,
        create=(
            *create_tables(count, said, base),
            *function_statements(base, schema, on_messages),
            *function_statements(rooms_base, schema, on_rooms),
        ),
        attach=(*trigger_statements(base, schema, count.messages), *trigger_statements(rooms_base, schema, count.rooms)),
        populate=populate_statements(count, said, base),
        sliced=count.messages.table,
        fold=said.fold(),
        drop=(*removal_statements(rooms_base, schema, on_rooms, ()), *removal_statements(base, schema, on_messages, tables)),
        compare=message_differences(
            count,
            rooms=said.rooms(),
            classes=by_class,
            replies=(
                f"SELECT root, room, n FROM {said.thread} "
                f"UNION ALL SELECT root, room, n FROM {said.ledger} WHERE root IS NOT NULL"
            ),
            threads=threads,
        ),
        classes=by_class,
        thread_count=threads,
        top_rooms=top_rooms(by_room, count),
        room_use=room_use(by_room, count),
        ledgers=(said.ledger, said.dirty),
        quarters=said.quarters,
        triggers=(*(f"{base}_{event}" for event in on_messages), *(f"{rooms_base}_{event}" for event in on_rooms)),
    )


def create_tables(count: MessageCount, said: MessageSQL, base: str) -> tuple[str, ...]:
    """Make the tables; no key, no index and no constraint on what the triggers write to."""
    room, root, sums = count.room_type, count.root_type, count.each(", $ bigint NOT NULL")
    return (
        f"CREATE TABLE IF NOT EXISTS {said.ledger} "
        f"(room {room} NOT NULL, root {root}, n integer NOT NULL{count.each(', $ integer NOT NULL')}, quarter bigint) "
        f"{OFTEN_EMPTIED}",
        f"CREATE TABLE IF NOT EXISTS {said.quarters} (quarter bigint PRIMARY KEY)",
        f"CREATE TABLE IF NOT EXISTS {said.dirty} (room {room} NOT NULL) {OFTEN_EMPTIED}",
        f"CREATE TABLE IF NOT EXISTS {said.booked} "
        f"(room {room} PRIMARY KEY, class text, n bigint NOT NULL{sums}) WITH (fillfactor = 70)",
        f"CREATE TABLE IF NOT EXISTS {said.thread} "
        f"(root {root}, room {room}, n bigint NOT NULL, PRIMARY KEY (root, room)) WITH (fillfactor = 70)",
        f'CREATE INDEX IF NOT EXISTS "{base}_thread_of_room" ON {said.thread} (room)',
        f"CREATE TABLE IF NOT EXISTS {said.total} (class text PRIMARY KEY, n bigint NOT NULL{sums})",
    )


def message_bodies(count: MessageCount, said: MessageSQL) -> dict[str, str]:
    """Say what a change of messages notes."""
    rows = count.messages

    # After room, root, n and the amounts.
    quarter = 4 + len(count.amounts)

    def noted(changed: str, sign: str = "") -> str:
        return (
            f"INSERT INTO {said.ledger} (room, root, n{said.columns}, quarter) "
            f"SELECT room_, root_, {sign}count(*){count.each(f', {sign}sum($_)')}, quarter_ "
            f"FROM ({changed}) r GROUP BY 1, 2, {quarter};"
        )

    return {
        "added": noted(rows.over("changed")),
        "removed": noted(rows.over("changed"), "-"),
        "changed": noted(rows.of("OLD"), "-") + " " + noted(rows.of("NEW")),
        # Never DELETE: in a transaction with an older snapshot it would leave what was written since.
        "emptied": f"TRUNCATE {said.ledger}, {said.booked}, {said.thread}, {said.total}; {mark_everything(said.quarters)};",
    }


def room_bodies(count: MessageCount, said: MessageSQL) -> dict[str, str]:
    """Say what a change of rooms notes."""
    rows = count.rooms

    def noted(changed: str) -> str:
        return f"INSERT INTO {said.dirty} (room) SELECT room_ FROM ({changed}) r;"

    return {
        "added": noted(rows.over("changed")),
        "removed": noted(rows.over("changed")),
        "changed": noted(rows.of("OLD")) + " " + noted(rows.of("NEW")),
        # Messages may outlive their rooms where the host has no constraint.
        "emptied": f"TRUNCATE {said.dirty}; INSERT INTO {said.dirty} (room) SELECT room FROM {said.booked};",
    }


def populate_statements(count: MessageCount, said: MessageSQL, base: str) -> tuple[str, ...]:
    """Count anew in one pass over the messages, and discard what was noted meanwhile."""
    counting = f'pg_temp."{base}_counting"'
    slices = count.messages.over(f"(SELECT * FROM {count.messages.table} WHERE {SLICE})")
    summed = count.each(", sum($) AS $")
    counted = f"SELECT room, sum(n) AS n{summed} FROM {counting} GROUP BY room"
    return (
        *(f"DELETE FROM {table}" for table in (said.ledger, said.dirty, said.booked, said.thread, said.total)),
        f"CREATE TEMPORARY TABLE {counting.removeprefix('pg_temp.')} ON COMMIT DROP AS "
        f"SELECT room_ AS room, root_ AS root, count(*) AS n{count.each(', sum($_) AS $')} "
        f"FROM ({count.messages.select}) m GROUP BY 1, 2 LIMIT 0",
        f"INSERT INTO {counting} SELECT room_, root_, count(*){count.each(', sum($_)')} FROM ({slices}) m "
        "GROUP BY room_, root_",
        f"INSERT INTO {said.booked} (room, class, n{said.columns}) SELECT m.room, c.class_, m.n{count.each(', m.$')} "
        f"FROM ({counted}) m LEFT JOIN ({count.rooms.select}) c ON c.room_ = m.room",
        f"INSERT INTO {said.thread} (root, room, n) SELECT root, room, sum(n) "
        f"FROM {counting} WHERE root IS NOT NULL GROUP BY root, room",
        f"INSERT INTO {said.total} (class, n{said.columns}) "
        f"SELECT class, sum(n){count.each(', sum($)')} FROM {said.booked} WHERE class IS NOT NULL GROUP BY class",
        f"INSERT INTO {said.total} (class, n{said.columns}) SELECT '{THREADS}', count(DISTINCT t.root){count.each(', 0')} "
        f"FROM {said.thread} t JOIN {said.booked} b USING (room) WHERE b.class IS NOT NULL",
        mark_everything(said.quarters),
    )
