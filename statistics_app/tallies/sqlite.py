"""Counts on SQLite: there is one writer at a time, so triggers move the sums themselves, and nothing has to be folded."""

from collections.abc import Iterable

from .definitions import PREFIX, SLICE, Definition
from .per_room import room_use, top_rooms
from .plan import Additive, PerRoom
from .rows import Rows

UNLIKE = "IS NOT"
THREADS = "threads"


def additive(count: Additive) -> Definition:
    """Define a count by a key of the row's own columns."""
    base = f"{PREFIX}_{count.name}"
    total = f'"{base}_total"'
    rows = count.rows

    def added(changed: str, sign: str = "") -> str:
        return (
            f"INSERT INTO {total} (key, n, amount) SELECT key_, {sign}1, {sign}coalesce(amount_, 0) "
            f"FROM ({changed}) r WHERE true "
            f"ON CONFLICT (key) DO UPDATE SET n = n + excluded.n, amount = amount + excluded.amount;"
        )

    bodies = {
        "added": added(rows.of("NEW")),
        "removed": added(rows.of("OLD"), "-"),
        "changed": added(rows.of("OLD"), "-") + " " + added(rows.of("NEW")),
    }
    counted = f"SELECT key_ AS key, count(*) AS n, coalesce(sum(amount_), 0) AS amount FROM ({rows.select}) r GROUP BY key_"
    found = f"SELECT key, n, amount FROM {total} WHERE n <> 0 OR amount <> 0"
    return Definition(
        name=count.name,
        host_tables=(rows.table,),
        tables=(total,),
        create=(
            f"CREATE TABLE IF NOT EXISTS {total} "
            "(key text PRIMARY KEY, n integer NOT NULL, amount integer NOT NULL) WITHOUT ROWID",
        ),
        attach=tuple(watch(base, rows, bodies)),
        fill=(f"DELETE FROM {total}", f"INSERT INTO {total} (key, n, amount) {counted}"),
        drop=tuple(removals(base, bodies, (total,))),
        compare=(
            f"WITH d AS MATERIALIZED (SELECT key, '' AS part, coalesce(e.n, 0) AS expected, "
            f"coalesce(f.n, 0) AS found FROM ({counted}) e FULL JOIN ({found}) f USING (key) UNION ALL SELECT key, ' amount', "
            f"coalesce(e.amount, 0), coalesce(f.amount, 0) FROM ({counted}) e FULL JOIN ({found}) f USING (key)) "
            "SELECT key || part, expected, found FROM d WHERE expected <> found"
        ),
        reads={"sums": found},
        triggers=tuple(f"{base}_{event}" for event in bodies),
    )


def per_room(count: PerRoom) -> Definition:
    """Define the count of messages, pins and threads.

    One trigger leads to the next: a message changes its room's row and its thread's; those change the sums by class, and the
    number of replies that count; and that the number of threads.
    """
    base = f"{PREFIX}_{count.name}"
    room, thread, root, total = (f'"{base}_{part}"' for part in ("room", "thread", "root", "total"))
    messages, rooms = count.messages, count.rooms

    def class_of(key: str) -> str:
        return f"(SELECT c.class_ FROM ({rooms.select}) c WHERE c.room_ = {key})"

    def counted(row: str, sign: str = "") -> str:
        return (
            f"INSERT INTO {room} (room, class, n, pinned) SELECT room_, {class_of('r.room_')}, {sign}1, {sign}pinned_ "
            f"FROM ({messages.of(row)}) r WHERE true "
            "ON CONFLICT (room) DO UPDATE SET n = n + excluded.n, pinned = pinned + excluded.pinned; "
            f"INSERT INTO {thread} (root, room, n) SELECT root_, room_, {sign}1 FROM ({messages.of(row)}) r "
            "WHERE root_ IS NOT NULL ON CONFLICT (root, room) DO UPDATE SET n = n + excluded.n;"
        )

    def reclassed(key: str) -> str:
        return f"UPDATE {room} SET class = {class_of(key)} WHERE room = {key} AND class IS NOT {class_of(key)};"

    key = rooms.column_of("room_")
    bodies = {
        "added": counted("NEW"),
        "removed": counted("OLD", "-"),
        "changed": counted("OLD", "-") + " " + counted("NEW"),
    }
    room_bodies = {
        "added": reclassed(f"NEW.{key}"),
        "removed": reclassed(f"OLD.{key}"),
        "changed": reclassed(f"OLD.{key}") + " " + reclassed(f"NEW.{key}"),
    }
    sliced = messages.over(f"(SELECT * FROM {messages.table} WHERE {SLICE})")
    own = _own_triggers(base, room, thread, root, total)
    by_class = f"SELECT class, n, pinned FROM {total} WHERE class <> '{THREADS}'"
    by_room = f"SELECT room, n FROM {room} WHERE n <> 0"
    threads = f"SELECT coalesce((SELECT n FROM {total} WHERE class = '{THREADS}'), 0)"
    return Definition(
        name=count.name,
        host_tables=(messages.table, rooms.table),
        tables=(room, thread, root, total),
        create=(
            f"CREATE TABLE IF NOT EXISTS {room} (room {count.room_type} PRIMARY KEY, class text, n integer NOT NULL, "
            "pinned integer NOT NULL) WITHOUT ROWID",
            f"CREATE TABLE IF NOT EXISTS {thread} (root {count.root_type} NOT NULL, room {count.room_type} NOT NULL, "
            "n integer NOT NULL, PRIMARY KEY (root, room)) WITHOUT ROWID",
            f'CREATE INDEX IF NOT EXISTS "{base}_thread_of_room" ON {thread} (room)',
            f"CREATE TABLE IF NOT EXISTS {root} (root {count.root_type} PRIMARY KEY, n integer NOT NULL) WITHOUT ROWID",
            f"CREATE TABLE IF NOT EXISTS {total} "
            "(class text PRIMARY KEY, n integer NOT NULL, pinned integer NOT NULL) WITHOUT ROWID",
        ),
        attach=(*own, *watch(base, messages, bodies), *watch(f"{base}_rooms", rooms, room_bodies)),
        fill=(
            # The triggers on these tables make the rest of them.
            f"DELETE FROM {thread}",
            f"DELETE FROM {root}",
            f"DELETE FROM {room}",
            f"DELETE FROM {total}",
            f"INSERT INTO {room} (room, class, n, pinned) SELECT m.room_, c.class_, m.n, m.pinned FROM (SELECT room_, "
            f"count(*) AS n, sum(pinned_) AS pinned FROM ({sliced}) m GROUP BY room_) m "
            f"LEFT JOIN ({rooms.select}) c USING (room_) WHERE true "
            "ON CONFLICT (room) DO UPDATE SET n = n + excluded.n, pinned = pinned + excluded.pinned",
            f"INSERT INTO {thread} (root, room, n) SELECT root_, room_, count(*) FROM ({sliced}) m "
            "WHERE root_ IS NOT NULL GROUP BY root_, room_ ON CONFLICT (root, room) DO UPDATE SET n = n + excluded.n",
        ),
        sliced=messages.table,
        drop=(*removals(f"{base}_rooms", room_bodies, ()), *removals(base, bodies, (thread, room, root, total))),
        compare=_compare(messages.select, rooms.select, room, thread, by_class, threads),
        reads={
            "classes": by_class,
            "threads": threads,
            "top rooms": top_rooms(by_room, count),
            "room use": room_use(by_room, count),
        },
        triggers=(
            *(f"{base}_{event}" for event in bodies),
            *(f"{base}_rooms_{event}" for event in room_bodies),
            *(f"{base}_own_{number}" for number in range(len(own) // 2)),
        ),
    )


def _own_triggers(base: str, room: str, thread: str, root: str, total: str) -> tuple[str, ...]:
    """Make what follows from a change of a room's row, of a thread's row, and of a root's."""

    def moved(class_: str, n: str, pinned: str) -> str:
        return (
            f"INSERT INTO {total} (class, n, pinned) SELECT {class_}, {n}, {pinned} WHERE {class_} IS NOT NULL "
            "ON CONFLICT (class) DO UPDATE SET n = n + excluded.n, pinned = pinned + excluded.pinned;"
        )

    def counts(row: str) -> str:
        return f"(SELECT class FROM {room} WHERE room = {row}.room) IS NOT NULL"

    def replies(n: str, condition: str, root_: str = "NEW.root") -> str:
        return (
            f"INSERT INTO {root} (root, n) SELECT {root_}, {n} WHERE {condition} "
            "ON CONFLICT (root) DO UPDATE SET n = n + excluded.n;"
        )

    def flipped(sign: str) -> str:
        return (
            f"INSERT INTO {root} (root, n) SELECT root, {sign}n FROM {thread} WHERE room = NEW.room "
            "ON CONFLICT (root) DO UPDATE SET n = n + excluded.n;"
        )

    out, into = moved("OLD.class", "-OLD.n", "-OLD.pinned"), moved("NEW.class", "NEW.n", "NEW.pinned")
    of_threads = f"INSERT INTO {total} (class, n, pinned) SELECT '{THREADS}', {{n}}, 0 WHERE {{n}} <> 0 "
    of_threads += "ON CONFLICT (class) DO UPDATE SET n = n + excluded.n;"
    parts = (
        f"AFTER INSERT ON {room} BEGIN {into} END",
        f"AFTER UPDATE ON {room} BEGIN {out} {into} END",
        f"AFTER UPDATE ON {room} WHEN OLD.class IS NULL AND NEW.class IS NOT NULL BEGIN {flipped('')} END",
        f"AFTER UPDATE ON {room} WHEN OLD.class IS NOT NULL AND NEW.class IS NULL BEGIN {flipped('-')} END",
        f"AFTER INSERT ON {thread} BEGIN {replies('NEW.n', counts('NEW'))} END",
        f"AFTER UPDATE ON {thread} BEGIN {replies('NEW.n - OLD.n', counts('NEW'))} END",
        f"AFTER INSERT ON {root} BEGIN {of_threads.format(n='(NEW.n > 0)')} END",
        f"AFTER UPDATE ON {root} BEGIN {of_threads.format(n='(NEW.n > 0) - (OLD.n > 0)')} END",
    )
    made = []
    for number, part in enumerate(parts):
        name = f'"{base}_own_{number}"'
        made += [f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} {part}"]
    return tuple(made)


def watch(base: str, rows: Rows, bodies: dict[str, str]) -> Iterable[str]:
    """Make the three triggers on a host's table."""
    events = {"added": "INSERT", "removed": "DELETE", "changed": "UPDATE"}
    for event, body in bodies.items():
        name = f'"{base}_{event}"'
        when = f" WHEN {rows.differ(UNLIKE)}" if event == "changed" else ""
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} AFTER {events[event]} ON {rows.table} FOR EACH ROW{when} BEGIN {body} END"


def removals(base: str, bodies: Iterable[str], tables: Iterable[str]) -> Iterable[str]:
    """Remove the triggers on the host's tables, and the tables with their own."""
    for event in bodies:
        yield f'DROP TRIGGER IF EXISTS "{base}_{event}"'
    for table in tables:
        yield f"DROP TABLE IF EXISTS {table}"


def _compare(messages: str, rooms: str, room: str, thread: str, by_class: str, threads: str) -> str:
    counted = f"SELECT room_ AS room, count(*) AS n, sum(pinned_) AS pinned FROM ({messages}) m GROUP BY room_"
    classes = (
        f"SELECT c.class_ AS class, count(*) AS n, sum(m.pinned_) AS pinned FROM ({messages}) m JOIN ({rooms}) c USING (room_) "
        "WHERE c.class_ IS NOT NULL GROUP BY c.class_"
    )
    parts = [
        f"SELECT '{what} ' || {key} || ' {part}' AS key, coalesce(e.{column}, 0) AS expected, coalesce(f.{column}, 0) AS found "
        f"FROM ({expected}) e FULL JOIN ({found}) f USING ({key})"
        for what, key, expected, found in (
            ("room", "room", counted, f"SELECT * FROM {room}"),
            ("class", "class", classes, by_class),
        )
        for part, column in (("messages", "n"), ("pinned", "pinned"))
    ]
    replies = f"SELECT root_ AS root, room_ AS room, count(*) AS n FROM ({messages}) m WHERE root_ IS NOT NULL GROUP BY 1, 2"
    parts.append(
        "SELECT 'thread ' || root || ' in ' || room AS key, coalesce(e.n, 0) AS expected, coalesce(f.n, 0) AS found "
        f"FROM ({replies}) e FULL JOIN (SELECT root, room, n FROM {thread}) f USING (root, room)"
    )
    parts.append(
        f"SELECT 'threads', (SELECT count(DISTINCT m.root_) FROM ({messages}) m JOIN ({rooms}) c USING (room_) "
        f"WHERE c.class_ IS NOT NULL), ({threads})"
    )
    # Made before they are compared: SQLite loses a condition that it pushes into a full join.
    return f"WITH d AS MATERIALIZED ({' UNION ALL '.join(parts)}) SELECT key, expected, found FROM d WHERE expected <> found"
