"""The statements over the tables of the count of messages on PostgreSQL: fold the ledger, and read sums and ledger together.

Each is a single statement, so that rows, classes and sums are read in one view of the data.
"""

from dataclasses import dataclass

from ...sources.labels import IN_DISCUSSION
from ..definitions import EVERYTHING, THREADS
from ..plan import Amount, MessageCount
from .keyed import EVENT, IS_EVENT, pending_changes


@dataclass(frozen=True, slots=True)
class MessageSQL:
    """The statements over the tables of the count of messages.

    `ledger` holds the recorded changes of messages (the "tail" of the sums), `dirty` the rooms that changed, `booked` the sums
    by room with the class under which they are included in `total`, `thread` the replies by root and room, and `total` the sums
    by class. The class of a room is always looked up in the statement's own view of the data, and never taken from the ledger.
    """

    count: MessageCount
    ledger: str
    dirty: str
    booked: str
    thread: str
    total: str
    changes: str
    quarters: str

    @property
    def columns(self) -> str:
        """The columns of the amounts, each preceded by a comma."""
        return self.count.each(", $")

    def class_of(self, room: str) -> str:
        """Return an expression for the class of a room, NULL if it is not counted or does not exist."""
        return self.count.class_of(room)

    def fold(self) -> str:
        """Return the statement that empties the ledger and changes the sums by (new - old) of each room in it.

        It is a single statement, so that rows, classes and sums are read in one view of the data; ledger rows that are
        committed meanwhile stay for the next fold.
        """
        added = self.count.each(", coalesce(b.$, 0) + t.$ AS new_$")
        new, zeros = self.count.each(", new_$"), self.count.each(", 0")
        return f"""
WITH {self.gone()},
dirty AS (DELETE FROM {self.dirty} RETURNING room),
touched AS (
  SELECT room, sum(n) AS n{self.count.each(", sum($) AS $")}
  FROM (SELECT room, n{self.columns} FROM gone UNION ALL SELECT room, 0{zeros} FROM dirty) t GROUP BY room),
moved AS MATERIALIZED (
  SELECT t.room, b.place, b.class AS old_class, coalesce(b.n, 0) AS old_n{self.count.each(", coalesce(b.$, 0) AS old_$")},
    {self.class_of("t.room")} AS new_class, coalesce(b.n, 0) + t.n AS new_n{added}
  FROM touched t LEFT JOIN LATERAL (
    SELECT ctid AS place, class, n{self.columns} FROM {self.booked} x WHERE x.room = t.room OFFSET 0) b ON true),
kept AS ({self.keep("gone")}),
marked AS (
  INSERT INTO {self.quarters} (quarter) SELECT {EVERYTHING} WHERE EXISTS (
    SELECT FROM moved WHERE old_n <> 0 AND (old_class IS NULL AND new_class IS NOT NULL
      OR old_class IS NOT NULL AND new_class IS NULL AND new_n <> 0
      OR (right(old_class, 1) = '{IN_DISCUSSION}') <> (right(new_class, 1) = '{IN_DISCUSSION}')))
  ON CONFLICT DO NOTHING),
rebooked AS (
  UPDATE {self.booked} b SET class = m.new_class, n = m.new_n{self.count.each(", $ = m.new_$")}
  FROM moved m WHERE b.ctid = m.place AND (m.new_n <> 0{self.count.each(" OR m.new_$ <> 0")})),
booked AS (
  INSERT INTO {self.booked} (room, class, n{self.columns})
  SELECT room, new_class, new_n{new} FROM moved WHERE place IS NULL AND (new_n <> 0{self.count.each(" OR new_$ <> 0")})),
unbooked AS (
  DELETE FROM {self.booked} b USING moved m WHERE b.room = m.room AND m.new_n = 0{self.count.each(" AND m.new_$ = 0")}),
{self.roots("gone", "SELECT room FROM moved WHERE (old_class IS NULL) <> (new_class IS NULL)")},
rethreaded AS (
  INSERT INTO {self.thread} (root, room, n)
  SELECT root, room, n FROM pairs WHERE changed AND n <> 0 ORDER BY 1, 2
  ON CONFLICT (root, room) DO UPDATE SET n = excluded.n),
unthreaded AS (
  DELETE FROM {self.thread} t USING pairs p WHERE t.root = p.root AND t.room = p.room AND p.n = 0),
retotalled AS (
  INSERT INTO {self.total} AS t (class, n{self.columns})
  SELECT class, sum(n){self.count.each(", sum($)")} FROM (
    SELECT old_class, -old_n{self.count.each(", -old_$")} FROM moved
    UNION ALL SELECT new_class, new_n{new} FROM moved
    UNION ALL SELECT '{THREADS}', {self.thread_change()}{zeros} FROM judged
  ) c (class, n{self.columns}) WHERE class IS NOT NULL GROUP BY class ORDER BY class
  ON CONFLICT (class) DO UPDATE SET n = t.n + excluded.n{self.count.each(", $ = t.$ + excluded.$")})
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM dirty)"""

    def gone(self) -> str:
        """Return a common table expression that empties the ledger."""
        return f"gone AS (DELETE FROM {self.ledger} RETURNING *)"

    def keep(self, ledger: str) -> str:
        """Return a statement that keeps the events of a ledger for the history, with their rooms and authors."""
        return f"""
  INSERT INTO {self.changes} (batch, key, quarter, removed_in, n, amount, details)
  SELECT 0, key, quarter_, removed_in_, sum(n), sum(amount), json_agg(json_build_array(room, author, n)) FROM (
    SELECT {EVENT}, room, author, sum(n)::bigint AS n, sum(amount)::bigint AS amount FROM {self.events(ledger)} WHERE {IS_EVENT}
    GROUP BY key, quarter_, removed_in_, room, author HAVING sum(n) <> 0 OR sum(amount) <> 0) r
  GROUP BY key, quarter_, removed_in_"""

    def written(self) -> str:
        """Return a SELECT of (batch, key, quarter, removed_in, room, author, n): the changes that are kept, taken apart."""
        return (
            "SELECT c.batch, c.key, c.quarter, c.removed_in, d.one->>0 AS room, d.one->>1 AS author, (d.one->>2)::bigint AS n "
            f"FROM {self.changes} c, json_array_elements(c.details) d (one)"
        )

    def events(self, ledger: str) -> str:
        """Return the changed events of a ledger; `key` is a class of the room: what is removed was booked under the old one.

        The amount is the number of messages in threads; room and author are texts, empty if there is no author. The classes
        are looked up for each row, also of a room that is gone. The planner expects a ledger that was vacuumed while it was
        empty to be empty, and would execute a join by comparing each row with each room.
        """
        booked = f"(SELECT b.class FROM {self.booked} b WHERE b.room = l.room)"
        old_first, new_first = "coalesce(old_class, new_class)", "coalesce(new_class, old_class)"
        return f"""(
  SELECT CASE WHEN removed_in IS NULL THEN {new_first} ELSE {old_first} END AS key, quarter, removed_in, n, amount,
    room::text AS room, coalesce(author::text, '') AS author
  FROM (SELECT l.*, {booked} AS old_class, {self.class_of("l.room")} AS new_class
    FROM (SELECT room, author, quarter, removed_in, sum(n) AS n, coalesce(sum(n) FILTER (WHERE root IS NOT NULL), 0) AS amount
      FROM {ledger} GROUP BY 1, 2, 3, 4) l OFFSET 0) r) e"""

    def pending(self) -> str:
        """Return a SELECT of (key, quarter, n, amount, room): the changed events that the history has not taken."""
        return pending_changes(
            f"SELECT key, quarter, n, 0 AS amount, room FROM ({self.written()}) w",
            f"SELECT key, quarter, 0 AS n, amount, '' AS room FROM {self.changes}",
            f"SELECT key, quarter, n, amount, room FROM {self.events(self.ledger)}",
        )

    def roots(self, ledger: str, flipped: str) -> str:
        """Return common table expressions that determine which roots were threads before, and which are threads now.

        They cover the roots with replies in the tail, or in a room of `flipped`, which selects the rooms that began or ceased
        to be counted.
        """
        return f"""
tail AS (SELECT root, room, sum(n) AS n FROM {ledger} WHERE root IS NOT NULL GROUP BY root, room),
flipped AS ({flipped}),
roots AS (
  SELECT root FROM tail
  UNION SELECT t.root FROM flipped f
    CROSS JOIN LATERAL (SELECT root FROM {self.thread} x WHERE x.room = f.room OFFSET 0) t),
pairs AS MATERIALIZED (
  SELECT root, room, sum(n) AS n, bool_or(was) AS was, bool_or(NOT was) AS changed FROM (
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
        """Return an expression for the change of the number of threads."""
        return "count(*) FILTER (WHERE judged.is_thread) - count(*) FILTER (WHERE judged.was_thread)"

    def by_class(self) -> str:
        """Return a SELECT of (class, n, amounts): the totals, the tail by the rooms' present classes, and moves of dirty rooms.

        It has no condition on the looked-up class, which would make PostgreSQL look it up twice for each room. If the ledger
        was vacuumed while it was empty, the planner expects it to be empty and would sort it, on disk if it is long; an empty
        part of unknown length makes it hash the rooms instead.
        """
        each, columns = self.count.each, self.columns
        unknown = f"SELECT NULL, 0{each(', 0')} FROM generate_series(1, (SELECT 0))"
        moved = f"(b.class, -b.n{each(', -b.$')}), ({self.class_of('d.room')}, b.n{each(', b.$')})"
        return f"""
SELECT class, sum(n) AS n{each(", sum($) AS $")} FROM (
  SELECT class, n{columns} FROM {self.total} WHERE class <> '{THREADS}'
  UNION ALL SELECT {self.class_of("g.room")}, g.n{each(", g.$")}
    FROM (SELECT room, sum(n) AS n{each(", sum($) AS $")}
      FROM (SELECT room, n{columns} FROM {self.ledger} UNION ALL {unknown}) l GROUP BY room OFFSET 0) g
  UNION ALL SELECT v.class, v.n{each(", v.$")}
    FROM (SELECT DISTINCT room FROM {self.dirty} OFFSET 0) d
    CROSS JOIN LATERAL (SELECT class, n{columns} FROM {self.booked} x WHERE x.room = d.room OFFSET 0) b
    CROSS JOIN LATERAL (VALUES {moved}) v (class, n{columns})
) t (class, n{columns}) GROUP BY class"""

    def threads(self) -> str:
        """Return a SELECT of (n), the number of messages with a reply in a counted room."""
        flipped = (
            f"SELECT b.room FROM (SELECT DISTINCT room FROM {self.dirty} OFFSET 0) d "
            f"CROSS JOIN LATERAL (SELECT room, class FROM {self.booked} x WHERE x.room = d.room OFFSET 0) b "
            f"WHERE (b.class IS NULL) <> ({self.class_of('b.room')} IS NULL)"
        )
        return (
            f"WITH {self.roots(self.ledger, flipped)} "
            f"SELECT coalesce((SELECT n FROM {self.total} WHERE class = '{THREADS}'), 0) "
            f"+ {self.thread_change()} AS n FROM judged"
        )

    def by_room(self) -> str:
        """Return a SELECT of (room, n) of every room with messages."""
        return (
            f"SELECT room, sum(n)::bigint AS n FROM ("
            f"SELECT room, n FROM {self.booked} UNION ALL SELECT room, n FROM {self.ledger}) t GROUP BY room HAVING sum(n) <> 0"
        )

    def with_amount(self, amount: Amount) -> str:
        """Return a SELECT of (room) of every room in which the sum of an amount is not 0."""
        return (
            f"SELECT room FROM (SELECT room, {amount} FROM {self.booked} WHERE {amount} <> 0 "
            f"UNION ALL SELECT room, {amount} FROM {self.ledger} WHERE {amount} <> 0) t GROUP BY room HAVING sum({amount}) <> 0"
        )

    def rooms(self) -> str:
        """Return a SELECT of (room, class, n, amounts): the booked sums, with the class that reads use, and the tail."""
        return f"""
SELECT room, CASE WHEN EXISTS (SELECT FROM {self.dirty} d WHERE d.room = b.room)
  THEN {self.class_of("b.room")} ELSE b.class END AS class, n{self.columns} FROM {self.booked} b
UNION ALL SELECT l.room, {self.class_of("l.room")}, n{self.columns} FROM {self.ledger} l"""

    def replies(self) -> str:
        """Return a SELECT of (root, room, n): the sums of replies, and the tail."""
        return (
            f"SELECT root, room, n FROM {self.thread} UNION ALL SELECT root, room, n FROM {self.ledger} WHERE root IS NOT NULL"
        )
