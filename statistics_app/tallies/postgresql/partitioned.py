"""The count of messages in a partitioned table on PostgreSQL: each partition is counted by itself.

The triggers fire for each row: PostgreSQL copies such triggers to every partition when it is created or attached, removes them
when it is detached, and fires them once for each row, whichever table a statement names, and also for rows that an UPDATE or a
MERGE moves between partitions, of which statement triggers see nothing or too little. Only TRUNCATE needs a trigger on each
partition. Sums are read as those of an ordinary table, provided that the partitions are the counted ones.
"""

from collections.abc import Iterable

from ..audit_sql import message_differences
from ..definitions import PREFIX, PartitionedDefinition
from ..plan import Amount, MessageCount
from ..room_sql import room_use, rooms_with, top_rooms
from ..row_select import RowSelect
from .guard import Schema, function_statements, row_of
from .keyed import (
    IS_DISTINCT,
    LEDGER_OPTIONS,
    NOW,
    create_trigger,
    mark_everything,
    removal_statements,
    removed_unless,
)
from .messages import create_tables, room_bodies, room_trigger_statements
from .partition_queries import NO_PART, PartitionSQL

_ROW_EVENTS = {"added": "INSERT", "removed": "DELETE", "changed": "UPDATE"}


def partitioned_definition(count: MessageCount, schema: Schema) -> PartitionedDefinition:
    """Return the definition of the count of messages, pins and threads in a partitioned table."""
    base = f"{PREFIX}_{count.name}"
    rooms_base = f"{base}_rooms"
    sql = _partition_sql(count, schema, base)
    tables = (
        *(sql.ledger, sql.dirty, sql.booked, sql.thread, sql.total, sql.changes, sql.quarters),
        *(sql.parts, sql.part_quarter, sql.room_share, sql.thread_share, sql.emptied),
    )
    on_messages, on_rooms = _message_bodies(count, sql), room_bodies(count, sql)
    by_room, with_pinned = sql.by_room(), sql.with_amount(Amount.PINNED)
    return PartitionedDefinition(
        name=count.name,
        kind=count.kind,
        host_tables=count.host_tables,
        tables=tables,
        create=(
            *_create_tables(count, sql, schema, base),
            *function_statements(base, schema, on_messages, count.name),
            *function_statements(rooms_base, schema, on_rooms, count.name),
        ),
        attach=(
            *_trigger_statements(base, schema, count.messages),
            *room_trigger_statements(rooms_base, schema, count),
        ),
        populate=_reset_statements(sql, tables),
        fold=sql.fold(),
        drop=(*removal_statements(rooms_base, schema, on_rooms, ()), *removal_statements(base, schema, on_messages, tables)),
        compare=_compare(count, sql),
        amounts=count.amounts,
        classes=sql.exact(sql.by_class()),
        thread_count=sql.exact(sql.threads()),
        rooms_with_pinned=sql.exact(rooms_with(with_pinned, count.rooms_select)),
        top_rooms=sql.exact(top_rooms(by_room, count.rooms_select), " ORDER BY n DESC, room"),
        room_use=sql.exact(room_use(by_room, count.rooms_select)),
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
        partitioned=count.messages.table,
        standing=sql.standing(),
        unsettled=sql.unsettled(),
        equip=sql.equip(),
        is_counted=sql.is_counted(),
        forget=sql.forget(),
        adopt=sql.adopt(),
    )


def _compare(count: MessageCount, sql: PartitionSQL) -> str:
    sums = message_differences(count, rooms=sql.rooms(), classes=sql.by_class(), replies=sql.replies(), threads=sql.threads())
    return f"SELECT * FROM ({sums}) s UNION ALL SELECT * FROM ({sql.differences()}) p"


def _partition_sql(count: MessageCount, schema: Schema, base: str) -> PartitionSQL:
    def table(part: str) -> str:
        return f'{schema}."{base}_{part}"'

    on_emptied = f"{base}_part_emptied"
    return PartitionSQL(
        count,
        ledger=table("ledger"),
        dirty=table("dirty"),
        booked=table("room"),
        thread=table("thread"),
        total=table("total"),
        changes=table("changes"),
        quarters=table("quarter"),
        parts=table("parts"),
        part_quarter=table("part_quarter"),
        room_share=table("room_share"),
        thread_share=table("thread_share"),
        emptied=table("emptied"),
        on_parts=(*(f"{base}_{event}" for event in _ROW_EVENTS), on_emptied),
        on_emptied=on_emptied,
        emptying=table("emptied"),
    )


def _create_tables(count: MessageCount, sql: PartitionSQL, schema: Schema, base: str) -> Iterable[str]:
    """Yield the statements that create the tables; the ledger exists when those of an ordinary count follow."""
    room, root, author, sums = count.room_type, count.root_type, count.author_type, count.each(", $ bigint NOT NULL")
    yield (
        f"CREATE TABLE IF NOT EXISTS {sql.ledger} (part oid NOT NULL, "
        f"room {room} NOT NULL, root {root}, n bigint NOT NULL{sums}, quarter bigint, removed_in bigint, author {author}) "
        f"{LEDGER_OPTIONS}"
    )
    yield from create_tables(count, sql, schema, base)
    yield f"CREATE TABLE IF NOT EXISTS {sql.parts} (part oid PRIMARY KEY, signature text NOT NULL)"
    yield f"CREATE TABLE IF NOT EXISTS {sql.part_quarter} (part oid, quarter bigint, PRIMARY KEY (part, quarter))"
    yield (
        f"CREATE TABLE IF NOT EXISTS {sql.room_share} "
        f"(part oid, room {room}, n bigint NOT NULL{sums}, PRIMARY KEY (part, room)) WITH (fillfactor = 70)"
    )
    yield (
        f"CREATE TABLE IF NOT EXISTS {sql.thread_share} "
        f"(part oid, root {root}, room {room}, n bigint NOT NULL, PRIMARY KEY (part, root, room)) WITH (fillfactor = 70)"
    )
    yield f"CREATE TABLE IF NOT EXISTS {sql.emptied} (part oid NOT NULL)"


def _message_bodies(count: MessageCount, sql: PartitionSQL) -> dict[str, str]:
    """Return the bodies of the triggers on messages, by event: they record changes of a row, or that there are no rows."""
    rows = count.messages

    def record(row: str, sign: str = "", removed_in: str = "NULL::bigint") -> str:
        # What is taken away was written all the same, so its author does not matter.
        author = f"NULL::{count.author_type}" if sign else "author_"
        return (
            f"INSERT INTO {sql.ledger} (part, room, root, n{sql.columns}, quarter, removed_in, author) "
            f"SELECT TG_RELID, room_, root_, {sign}1{count.each(f', {sign}$_')}, quarter_, {removed_in}, {author} "
            f"FROM ({row_of(rows, row)}) r;"
        )

    return {
        "added": record("NEW"),
        "removed": record("OLD", "-", NOW),
        "changed": record("OLD", "-", removed_unless(rows, "NEW")) + " " + record("NEW", "", removed_unless(rows, "OLD")),
        # Its share is not taken out here, since a transaction with an older view of the data does not see all of it.
        "emptied": f"INSERT INTO {sql.emptied} (part) VALUES (TG_RELID);",
    }


def _trigger_statements(base: str, schema: Schema, rows: RowSelect) -> Iterable[str]:
    """Yield the statements that create the triggers on the partitioned table; PostgreSQL copies all but the last."""
    for event, operation in _ROW_EVENTS.items():
        when = f" WHEN ({rows.differ(IS_DISTINCT)})" if operation == "UPDATE" else ""
        clause = f"AFTER {operation} ON {rows.table} FOR EACH ROW{when}"
        yield from create_trigger(f'"{base}_{event}"', clause, schema, rows.table)
    yield from create_trigger(f'"{base}_emptied"', f"AFTER TRUNCATE ON {rows.table} FOR EACH STATEMENT", schema, rows.table)


def _reset_statements(sql: PartitionSQL, tables: Iterable[str]) -> tuple[str, ...]:
    """Return the statements that forget everything; the partitions are counted one by one afterwards."""
    return (
        f"WITH gone AS (DELETE FROM {sql.ledger} RETURNING *) {sql.keep('gone')}",
        *(f"DELETE FROM {table}" for table in tables if table not in (sql.ledger, sql.changes, sql.quarters)),
        f"INSERT INTO {sql.parts} (part, signature) VALUES ({NO_PART}, '')",
        mark_everything(sql.quarters),
    )
