"""Messages on PostgreSQL, by the class of their room.

A trigger on messages never learns the class, and one on rooms only notes that a room is dirty: its class may differ from
the one under which its messages are booked. The class is looked up in the snapshot of whoever reads or folds. So no order of
commits, no room that changes in the middle of writes, and no id that is used again can put a message under a wrong one.
"""

from .definitions import PREFIX, Definition
from .plan import PerRoom
from .postgresql import OFTEN_EMPTIED, functions, removals, watch

THREADS = "threads"


def per_room(count: PerRoom, schema: str) -> Definition:
    """Define the count of messages, pins and threads."""
    base = f"{PREFIX}_{count.name}"
    return _Names(count, schema, base).definition()


class _Names:
    def __init__(self, count: PerRoom, schema: str, base: str) -> None:
        self.count, self.schema, self.base = count, schema, base
        parts = ("ledger", "dirty", "room", "thread", "total")
        self.ledger, self.dirty, self.booked, self.thread, self.total = (f'{schema}."{base}_{part}"' for part in parts)

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.ledger, self.dirty, self.booked, self.thread, self.total)

    def definition(self) -> Definition:
        on_messages, on_rooms = self.message_bodies(), self.room_bodies()
        rooms_base = f"{self.base}_rooms"
        return Definition(
            name=self.count.name,
            host_tables=(self.count.messages.table, self.count.rooms.table),
            tables=self.tables,
            create=(
                *self.create_tables(),
                *functions(self.base, self.schema, on_messages),
                *functions(rooms_base, self.schema, on_rooms),
            ),
            attach=(
                *watch(self.base, self.schema, self.count.messages),
                *watch(rooms_base, self.schema, self.count.rooms),
            ),
            fill=self.fill(),
            fold=self.fold(),
            drop=(
                *removals(rooms_base, self.schema, on_rooms, ()),
                *removals(self.base, self.schema, on_messages, self.tables),
            ),
            compare=self.compare(),
            reads={"classes": self.by_class(), "threads": self.threads(), "rooms": self.by_room()},
            ledgers=(self.ledger, self.dirty),
            triggers=(
                *(f"{self.base}_{event}" for event in on_messages),
                *(f"{rooms_base}_{event}" for event in on_rooms),
            ),
        )

    def create_tables(self) -> tuple[str, ...]:
        room, root = self.count.room_type, self.count.root_type
        return (
            f"CREATE TABLE IF NOT EXISTS {self.ledger} "
            f"(room {room} NOT NULL, root {root}, n integer NOT NULL, pinned integer NOT NULL) {OFTEN_EMPTIED}",
            f"CREATE TABLE IF NOT EXISTS {self.dirty} (room {room} NOT NULL) {OFTEN_EMPTIED}",
            f"CREATE TABLE IF NOT EXISTS {self.booked} "
            f"(room {room} PRIMARY KEY, class text, n bigint NOT NULL, pinned bigint NOT NULL) WITH (fillfactor = 70)",
            f"CREATE TABLE IF NOT EXISTS {self.thread} "
            f"(root {root}, room {room}, n bigint NOT NULL, PRIMARY KEY (root, room)) WITH (fillfactor = 70)",
            f'CREATE INDEX IF NOT EXISTS "{self.base}_thread_of_room" ON {self.thread} (room)',
            f"CREATE TABLE IF NOT EXISTS {self.total} (class text PRIMARY KEY, n bigint NOT NULL, pinned bigint NOT NULL)",
        )

    def message_bodies(self) -> dict[str, str]:
        rows = self.count.messages

        def noted(changed: str, sign: str = "") -> str:
            return (
                f"INSERT INTO {self.ledger} (room, root, n, pinned) SELECT room_, root_, {sign}count(*), {sign}sum(pinned_) "
                f"FROM ({changed}) r GROUP BY room_, root_;"
            )

        return {
            "added": noted(rows.over("changed")),
            "removed": noted(rows.over("changed"), "-"),
            "changed": noted(rows.of("OLD"), "-") + " " + noted(rows.of("NEW")),
            # Never DELETE: in a transaction with an older snapshot it would leave what was written since.
            "emptied": f"TRUNCATE {self.ledger}, {self.booked}, {self.thread}, {self.total};",
        }

    def room_bodies(self) -> dict[str, str]:
        rows = self.count.rooms

        def noted(changed: str) -> str:
            return f"INSERT INTO {self.dirty} (room) SELECT room_ FROM ({changed}) r;"

        return {
            "added": noted(rows.over("changed")),
            "removed": noted(rows.over("changed")),
            "changed": noted(rows.of("OLD")) + " " + noted(rows.of("NEW")),
            # Messages may outlive their rooms where the host has no constraint.
            "emptied": f"TRUNCATE {self.dirty}; INSERT INTO {self.dirty} (room) SELECT room FROM {self.booked};",
        }

    def class_of(self, room: str) -> str:
        """Look a room's class up by its key: NULL when it does not count, or is gone."""
        return f"(SELECT c.class_ FROM ({self.count.rooms.select}) c WHERE c.room_ = {room})"

    def fill(self) -> tuple[str, ...]:
        counted = f"SELECT room_, count(*) AS n, sum(pinned_) AS pinned FROM ({self.count.messages.select}) m GROUP BY room_"
        return (
            *(f"DELETE FROM {table}" for table in self.tables),
            f"INSERT INTO {self.booked} (room, class, n, pinned) SELECT m.room_, c.class_, m.n, m.pinned "
            f"FROM ({counted}) m LEFT JOIN ({self.count.rooms.select}) c USING (room_)",
            f"INSERT INTO {self.thread} (root, room, n) SELECT root_, room_, count(*) "
            f"FROM ({self.count.messages.select}) m WHERE root_ IS NOT NULL GROUP BY root_, room_",
            f"INSERT INTO {self.total} (class, n, pinned) "
            f"SELECT class, sum(n), sum(pinned) FROM {self.booked} WHERE class IS NOT NULL GROUP BY class",
            f"INSERT INTO {self.total} (class, n, pinned) SELECT '{THREADS}', count(DISTINCT t.root), 0 "
            f"FROM {self.thread} t JOIN {self.booked} b USING (room) WHERE b.class IS NOT NULL",
        )

    def fold(self) -> str:
        """Take what is noted out of the ledger and move the sums by (new - old) of the rooms that it touches.

        One statement, so that rows, classes and sums are of one snapshot; what is committed meanwhile stays for the next time.
        """
        return f"""
WITH gone AS (DELETE FROM {self.ledger} RETURNING room, root, n, pinned),
dirty AS (DELETE FROM {self.dirty} RETURNING room),
touched AS (
  SELECT room, sum(n) AS n, sum(pinned) AS pinned
  FROM (SELECT room, n, pinned FROM gone UNION ALL SELECT room, 0, 0 FROM dirty) t GROUP BY room),
moved AS MATERIALIZED (
  SELECT t.room, b.place, b.class AS old_class, coalesce(b.n, 0) AS old_n, coalesce(b.pinned, 0) AS old_pinned,
    {self.class_of("t.room")} AS new_class, coalesce(b.n, 0) + t.n AS new_n, coalesce(b.pinned, 0) + t.pinned AS new_pinned
  FROM touched t LEFT JOIN LATERAL (
    SELECT ctid AS place, class, n, pinned FROM {self.booked} x WHERE x.room = t.room OFFSET 0) b ON true),
rebooked AS (
  UPDATE {self.booked} b SET class = m.new_class, n = m.new_n, pinned = m.new_pinned
  FROM moved m WHERE b.ctid = m.place AND (m.new_n <> 0 OR m.new_pinned <> 0)),
booked AS (
  INSERT INTO {self.booked} (room, class, n, pinned)
  SELECT room, new_class, new_n, new_pinned FROM moved WHERE place IS NULL AND (new_n <> 0 OR new_pinned <> 0)),
unbooked AS (
  DELETE FROM {self.booked} b USING moved m WHERE b.room = m.room AND m.new_n = 0 AND m.new_pinned = 0),
{self.roots("gone", "SELECT room FROM moved WHERE (old_class IS NULL) <> (new_class IS NULL)")},
rethreaded AS (
  INSERT INTO {self.thread} (root, room, n)
  SELECT p.root, p.room, p.n FROM pairs p JOIN tail USING (root, room) WHERE p.n <> 0 ORDER BY 1, 2
  ON CONFLICT (root, room) DO UPDATE SET n = excluded.n),
unthreaded AS (
  DELETE FROM {self.thread} t USING pairs p WHERE t.root = p.root AND t.room = p.room AND p.n = 0),
retotalled AS (
  INSERT INTO {self.total} AS t (class, n, pinned)
  SELECT class, sum(n), sum(pinned) FROM (
    SELECT old_class, -old_n, -old_pinned FROM moved
    UNION ALL SELECT new_class, new_n, new_pinned FROM moved
    UNION ALL SELECT '{THREADS}', {self.thread_change()}, 0 FROM judged
  ) c (class, n, pinned) WHERE class IS NOT NULL GROUP BY class ORDER BY class
  ON CONFLICT (class) DO UPDATE SET n = t.n + excluded.n, pinned = t.pinned + excluded.pinned)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM dirty)"""

    def roots(self, ledger: str, flipped: str) -> str:
        """Judge every root that the tail or a room that began or ceased to count touches: was it a thread, and is it one?"""
        return f"""
tail AS (SELECT root, room, sum(n) AS n FROM {ledger} WHERE root IS NOT NULL GROUP BY root, room),
flipped AS ({flipped}),
roots AS (
  SELECT root FROM tail
  UNION SELECT t.root FROM flipped f
    CROSS JOIN LATERAL (SELECT root FROM {self.thread} x WHERE x.room = f.room OFFSET 0) t),
pairs AS MATERIALIZED (
  SELECT root, room, sum(n) AS n, bool_or(was) AS was FROM (
    SELECT r.root, t.room, t.n, true FROM roots r
      CROSS JOIN LATERAL (SELECT room, n FROM {self.thread} x WHERE x.root = r.root OFFSET 0) t
    UNION ALL SELECT root, room, n, false FROM tail
  ) p (root, room, n, was) GROUP BY root, room),
judged AS MATERIALIZED (
  SELECT root,
    bool_or(was AND (SELECT b.class FROM {self.booked} b WHERE b.room = p.room) IS NOT NULL) AS was_thread,
    bool_or(n > 0 AND {self.class_of("p.room")} IS NOT NULL) AS is_thread
  FROM pairs p GROUP BY root)"""

    @staticmethod
    def thread_change() -> str:
        return "count(*) FILTER (WHERE judged.is_thread) - count(*) FILTER (WHERE judged.was_thread)"

    def by_class(self) -> str:
        """Add up by class; a condition on what the look-up gives would make it run twice a room, so there is none.

        The planner takes a ledger that was vacuumed while it was empty for one that stays so, and would sort it, on disk when
        it is long; a part whose length it cannot know, and which is empty, makes it hash the rooms.
        """
        unknown = "SELECT NULL, 0, 0 FROM generate_series(1, (SELECT 0))"
        return f"""
SELECT class, sum(n), sum(pinned) FROM (
  SELECT class, n, pinned FROM {self.total} WHERE class <> '{THREADS}'
  UNION ALL SELECT {self.class_of("g.room")}, g.n, g.pinned
    FROM (SELECT room, sum(n) AS n, sum(pinned) AS pinned
      FROM (SELECT room, n, pinned FROM {self.ledger} UNION ALL {unknown}) l GROUP BY room OFFSET 0) g
  UNION ALL SELECT v.class, v.n, v.pinned
    FROM (SELECT DISTINCT room FROM {self.dirty} OFFSET 0) d
    CROSS JOIN LATERAL (SELECT class, n, pinned FROM {self.booked} x WHERE x.room = d.room OFFSET 0) b
    CROSS JOIN LATERAL (VALUES (b.class, -b.n, -b.pinned), ({self.class_of("d.room")}, b.n, b.pinned)) v (class, n, pinned)
) t (class, n, pinned) GROUP BY class"""

    def threads(self) -> str:
        flipped = (
            f"SELECT b.room FROM (SELECT DISTINCT room FROM {self.dirty} OFFSET 0) d "
            f"CROSS JOIN LATERAL (SELECT room, class FROM {self.booked} x WHERE x.room = d.room OFFSET 0) b "
            f"WHERE (b.class IS NULL) <> ({self.class_of('b.room')} IS NULL)"
        )
        return (
            f"WITH {self.roots(self.ledger, flipped)} "
            f"SELECT coalesce((SELECT n FROM {self.total} WHERE class = '{THREADS}'), 0) "
            f"+ {self.thread_change()} FROM judged"
        )

    def by_room(self) -> str:
        return (
            f"SELECT room, sum(n) AS n FROM (SELECT room, n FROM {self.booked} UNION ALL SELECT room, n FROM {self.ledger}) t "
            f"GROUP BY room HAVING sum(n) <> 0"
        )

    def compare(self) -> str:
        messages, rooms = self.count.messages.select, self.count.rooms.select
        found = f"SELECT room, n, pinned FROM {self.booked} UNION ALL SELECT room, n, pinned FROM {self.ledger}"
        return f"""
SELECT 'room ' || room || part, expected, found FROM (
  SELECT room, coalesce(e.n, 0) AS en, coalesce(f.n, 0) AS fn, coalesce(e.pinned, 0) AS ep, coalesce(f.pinned, 0) AS fp
  FROM (SELECT room_ AS room, count(*) AS n, sum(pinned_) AS pinned FROM ({messages}) m GROUP BY room_) e
  FULL JOIN (SELECT room, sum(n) AS n, sum(pinned) AS pinned FROM ({found}) f GROUP BY room) f USING (room)) d
CROSS JOIN LATERAL (VALUES (' messages', en, fn), (' pinned', ep, fp)) v (part, expected, found) WHERE expected <> found
UNION ALL
SELECT 'class ' || class || part, expected, found FROM (
  SELECT class, coalesce(e.n, 0) AS en, coalesce(f.n, 0) AS fn, coalesce(e.pinned, 0) AS ep, coalesce(f.pinned, 0) AS fp
  FROM (SELECT c.class_ AS class, count(*) AS n, sum(m.pinned_) AS pinned
        FROM ({messages}) m JOIN ({rooms}) c USING (room_) WHERE c.class_ IS NOT NULL GROUP BY c.class_) e
  FULL JOIN (SELECT class, n, pinned FROM ({self.by_class()}) b (class, n, pinned) WHERE class IS NOT NULL) f USING (class)) d
CROSS JOIN LATERAL (VALUES (' messages', en, fn), (' pinned', ep, fp)) v (part, expected, found) WHERE expected <> found
UNION ALL
SELECT 'threads', e.n, f.n FROM
  (SELECT count(DISTINCT m.root_) AS n FROM ({messages}) m JOIN ({rooms}) c USING (room_) WHERE c.class_ IS NOT NULL) e,
  ({self.threads()}) f (n) WHERE e.n <> f.n"""
