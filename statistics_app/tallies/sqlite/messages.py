"""The count of messages on SQLite, by the class of their room: triggers that fire further triggers."""

from itertools import chain
from typing import NamedTuple

from ...sources.labels import IN_DISCUSSION
from ..audit_sql import message_differences
from ..definitions import EVERYTHING, NO_QUARTER, PREFIX, SLICE, THREADS, MessageDefinition
from ..plan import Amount, MessageCount
from ..room_sql import room_use, rooms_with, top_rooms
from .keyed import (
    NOW,
    changes_tables,
    keep_change,
    mark_everything,
    pending_changes,
    removal_statements,
    removed_unless,
    trigger_statements,
)


class Tables(NamedTuple):
    """The names of the tables: messages by room, replies by root and room, counted replies by root, sums by class, events."""

    room: str
    thread: str
    root: str
    total: str
    changes: str
    quarters: str


def message_definition(count: MessageCount) -> MessageDefinition:
    """Return the definition of the count of messages, pins and threads.

    The triggers form a chain: a change of a message updates the rows of its room and of its thread; these update the sums by
    class and the number of counted replies of the root; and that updates the number of threads.
    """
    base, rooms_base = f"{PREFIX}_{count.name}", f"{PREFIX}_{count.name}_rooms"
    tables = Tables(*(f'"{base}_{part}"' for part in ("room", "thread", "root", "total", "changes", "quarter")))
    on_messages, on_rooms = message_bodies(count, tables), room_bodies(count, tables)
    chained = _chained_triggers(count, tables, base)
    by_class = f"SELECT class, n{count.each(', $')} FROM {tables.total} WHERE class <> '{THREADS}'"
    by_room = f"SELECT room, n FROM {tables.room} WHERE n <> 0"
    with_pinned = f"SELECT room FROM {tables.room} WHERE {Amount.PINNED} > 0"
    threads = f"SELECT coalesce((SELECT n FROM {tables.total} WHERE class = '{THREADS}'), 0) AS n"
    return MessageDefinition(
        name=count.name,
        kind=count.kind,
        host_tables=count.host_tables,
        tables=tables,
        create=create_tables(count, tables, base),
        attach=(
            *chained,
            *trigger_statements(base, count.messages, on_messages),
            *(trigger_statements(rooms_base, count.rooms, on_rooms) if count.rooms else ()),
        ),
        populate=populate_statements(count, tables),
        sliced=count.messages.table,
        drop=(*removal_statements(rooms_base, on_rooms, ()), *removal_statements(base, on_messages, tables)),
        compare=message_differences(
            count,
            rooms=f"SELECT room, class, n{count.each(', $')} FROM {tables.room}",
            classes=by_class,
            replies=f"SELECT root, room, n FROM {tables.thread}",
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
        changes=tables.changes,
        pending=pending_changes(tables.changes),
        written=tables.changes,
        quarters=tables.quarters,
        triggers=(
            *(f"{base}_{event}" for event in on_messages),
            *(f"{rooms_base}_{event}" for event in on_rooms),
            *(f"{base}_own_{number}" for number in range(len(chained) // 2)),
        ),
    )


def message_bodies(count: MessageCount, tables: Tables) -> dict[str, str]:
    """Return the bodies of the triggers on messages, by event: they update the rows of rooms and threads."""
    room, thread = tables.room, tables.thread

    def count_row(row: str, removed_in: str, sign: str = "") -> str:
        # Of a room that is gone, the last class that is known.
        known = f"(SELECT b.class FROM {room} b WHERE b.room = r.room_)"
        # What is taken away was written all the same, so its author does not matter.
        author = "''" if sign else "coalesce(CAST(author_ AS text), '')"
        event = (
            f"SELECT coalesce({count.class_of('r.room_')}, {known}) AS key, quarter_, "
            f"{sign}(root_ IS NOT NULL) AS amount, "
            f"CAST(room_ AS text) AS room, {author} AS author "
            f"FROM ({count.messages.of(row)}) r"
        )
        return (
            f"INSERT INTO {room} (room, class, n{count.each(', $')}) "
            f"SELECT room_, {count.class_of('r.room_')}, {sign}1{count.each(f', {sign}$_')} "
            f"FROM ({count.messages.of(row)}) r WHERE true "
            f"ON CONFLICT (room) DO UPDATE SET n = n + excluded.n{count.each(', $ = $ + excluded.$')}; "
            f"INSERT INTO {thread} (root, room, n) SELECT root_, room_, {sign}1 FROM ({count.messages.of(row)}) r "
            "WHERE root_ IS NOT NULL ON CONFLICT (root, room) DO UPDATE SET n = n + excluded.n; "
            f"{keep_change(tables.changes, event, sign, removed_in, ', room, author')}"
        )

    return {
        "added": count_row("NEW", str(NO_QUARTER)),
        "removed": count_row("OLD", NOW, "-"),
        "changed": (
            count_row("OLD", removed_unless(count.messages, "NEW"), "-")
            + " "
            + count_row("NEW", removed_unless(count.messages, "OLD"))
        ),
    }


def room_bodies(count: MessageCount, tables: Tables) -> dict[str, str]:
    """Return the bodies of the triggers on rooms, by event: they update the class of the rows of rooms."""
    if count.rooms is None:
        return {}
    column = count.rooms.column_of("room_")

    def reclassify(row: str) -> str:
        key, present = f"{row}.{column}", count.class_of(f"{row}.{column}")
        return f"UPDATE {tables.room} SET class = {present} WHERE room = {key} AND class IS NOT {present};"

    return {"added": reclassify("NEW"), "removed": reclassify("OLD"), "changed": reclassify("OLD") + " " + reclassify("NEW")}


def create_tables(count: MessageCount, tables: Tables, base: str) -> tuple[str, ...]:
    """Return the statements that create the tables."""
    room, thread, root, total, changes, quarters = tables
    sums = count.each(", $ integer NOT NULL")
    return (
        f"CREATE TABLE IF NOT EXISTS {room} (room {count.room_type} PRIMARY KEY, class text, n integer NOT NULL"
        f"{sums}) WITHOUT ROWID",
        f"CREATE TABLE IF NOT EXISTS {thread} (root {count.root_type} NOT NULL, room {count.room_type} NOT NULL, "
        "n integer NOT NULL, PRIMARY KEY (root, room)) WITHOUT ROWID",
        f'CREATE INDEX IF NOT EXISTS "{base}_thread_of_room" ON {thread} (room)',
        f"CREATE TABLE IF NOT EXISTS {root} (root {count.root_type} PRIMARY KEY, n integer NOT NULL) WITHOUT ROWID",
        *changes_tables(changes, quarters),
        f"CREATE TABLE IF NOT EXISTS {total} (class text PRIMARY KEY, n integer NOT NULL{sums}) WITHOUT ROWID",
    )


def populate_statements(count: MessageCount, tables: Tables) -> tuple[str, ...]:
    """Return the statements that recount rooms and threads; the triggers on these tables update the others."""
    messages = count.messages
    sliced = messages.over(f"(SELECT * FROM {messages.table} WHERE {SLICE})")
    return (
        *(f"DELETE FROM {table}" for table in (tables.thread, tables.root, tables.room, tables.total)),
        f"INSERT INTO {tables.room} (room, class, n{count.each(', $')}) SELECT m.room_, c.class_, m.n{count.each(', m.$')} "
        f"FROM (SELECT room_, count(*) AS n{count.each(', sum($_) AS $')} FROM ({sliced}) m GROUP BY room_) m "
        f"{count.join_classes('USING (room_)')} WHERE true "
        f"ON CONFLICT (room) DO UPDATE SET n = n + excluded.n{count.each(', $ = $ + excluded.$')}",
        f"INSERT INTO {tables.thread} (root, room, n) SELECT root_, room_, count(*) FROM ({sliced}) m "
        "WHERE root_ IS NOT NULL GROUP BY root_, room_ ON CONFLICT (root, room) DO UPDATE SET n = n + excluded.n",
        mark_everything(tables.quarters),
    )


def _chained_triggers(count: MessageCount, tables: Tables, base: str) -> tuple[str, ...]:
    """Return the statements that create the triggers on the app's own tables: on the rows of rooms, of threads and of roots."""
    room, thread, root, total, _, quarters = tables

    def add_to_total(row: str, sign: str = "") -> str:
        return (
            f"INSERT INTO {total} (class, n{count.each(', $')}) "
            f"SELECT {row}.class, {sign}{row}.n{count.each(f', {sign}{row}.$')} WHERE {row}.class IS NOT NULL "
            f"ON CONFLICT (class) DO UPDATE SET n = n + excluded.n{count.each(', $ = $ + excluded.$')};"
        )

    def is_counted(row: str) -> str:
        return f"(SELECT class FROM {room} WHERE room = {row}.room) IS NOT NULL"

    def is_discussion(row: str) -> str:
        return f"(substr({row}.class, -1) = '{IN_DISCUSSION}')"

    def add_to_root(n: str, condition: str) -> str:
        return (
            f"INSERT INTO {root} (root, n) SELECT NEW.root, {n} WHERE {condition} "
            "ON CONFLICT (root) DO UPDATE SET n = n + excluded.n;"
        )

    mark_if_used = f"INSERT INTO {quarters} (quarter) SELECT {EVERYTHING} WHERE NEW.n <> 0 ON CONFLICT (quarter) DO NOTHING; "

    def flip_room(sign: str) -> str:
        return (
            f"{mark_if_used}"
            f"INSERT INTO {root} (root, n) SELECT root, {sign}n FROM {thread} WHERE room = NEW.room "
            "ON CONFLICT (root) DO UPDATE SET n = n + excluded.n;"
        )

    subtract, add = add_to_total("OLD", "-"), add_to_total("NEW")
    add_to_threads = (
        f"INSERT INTO {total} (class, n{count.each(', $')}) SELECT '{THREADS}', {{n}}{count.each(', 0')} WHERE {{n}} <> 0 "
    )
    add_to_threads += "ON CONFLICT (class) DO UPDATE SET n = n + excluded.n;"
    bodies = (
        f"AFTER INSERT ON {room} BEGIN {add} END",
        f"AFTER UPDATE ON {room} BEGIN {subtract} {add} END",
        f"AFTER UPDATE ON {room} WHEN OLD.class IS NULL AND NEW.class IS NOT NULL BEGIN {flip_room('')} END",
        f"AFTER UPDATE ON {room} WHEN OLD.class IS NOT NULL AND NEW.class IS NULL BEGIN {flip_room('-')} END",
        f"AFTER UPDATE ON {room} WHEN {is_discussion('OLD')} <> {is_discussion('NEW')} BEGIN {mark_if_used} END",
        f"AFTER INSERT ON {thread} BEGIN {add_to_root('NEW.n', is_counted('NEW'))} END",
        f"AFTER UPDATE ON {thread} BEGIN {add_to_root('NEW.n - OLD.n', is_counted('NEW'))} END",
        f"AFTER INSERT ON {root} BEGIN {add_to_threads.format(n='(NEW.n > 0)')} END",
        f"AFTER UPDATE ON {root} BEGIN {add_to_threads.format(n='(NEW.n > 0) - (OLD.n > 0)')} END",
    )
    names = [f'"{base}_own_{number}"' for number in range(len(bodies))]
    return tuple(chain.from_iterable(map(_recreate, names, bodies)))


def _recreate(name: str, body: str) -> tuple[str, str]:
    return f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} {body}"
