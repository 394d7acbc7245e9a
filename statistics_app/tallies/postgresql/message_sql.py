"""The statements over the messages' tables on PostgreSQL: fold what is noted, and read sums and ledger together.

Each is one statement, so that rows, classes and sums are of one snapshot.
"""

from dataclasses import dataclass

from ..definitions import THREADS
from ..plan import MessageCount
from .keyed import note_quarters


@dataclass(frozen=True, slots=True)
class MessageSQL:
    """The statements over the tables of the count of messages.

    The class of a room is always looked up in the statement's own snapshot, never taken from what a trigger noted.
    """

    count: MessageCount
    ledger: str
    dirty: str
    booked: str
    thread: str
    total: str
    quarters: str

    @property
    def columns(self) -> str:
        """The columns of the amounts, after that of the number of messages."""
        return self.count.each(", $")

    def class_of(self, room: str) -> str:
        """Look a room's class up by its key: NULL when it does not count, or is gone."""
        return f"(SELECT c.class_ FROM ({self.count.rooms.select}) c WHERE c.room_ = {room})"

    def fold(self) -> str:
        """Take what is noted out of the ledger and move the sums by (new - old) of the rooms that it touches.

        One statement, so that rows, classes and sums are of one snapshot; what is committed meanwhile stays for the next time.
        """
        added = self.count.each(", coalesce(b.$, 0) + t.$ AS new_$")
        new, zeros = self.count.each(", new_$"), self.count.each(", 0")
        return f"""
WITH gone AS (DELETE FROM {self.ledger} RETURNING room, root, n{self.columns}, quarter),
marked AS ({note_quarters(self.quarters)}),
dirty AS (DELETE FROM {self.dirty} RETURNING room),
touched AS (
  SELECT room, sum(n) AS n{self.count.each(", sum($) AS $")}
  FROM (SELECT room, n{self.columns} FROM gone UNION ALL SELECT room, 0{zeros} FROM dirty) t GROUP BY room),
moved AS MATERIALIZED (
  SELECT t.room, b.place, b.class AS old_class, coalesce(b.n, 0) AS old_n{self.count.each(", coalesce(b.$, 0) AS old_$")},
    {self.class_of("t.room")} AS new_class, coalesce(b.n, 0) + t.n AS new_n{added}
  FROM touched t LEFT JOIN LATERAL (
    SELECT ctid AS place, class, n{self.columns} FROM {self.booked} x WHERE x.room = t.room OFFSET 0) b ON true),
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
  SELECT p.root, p.room, p.n FROM pairs p JOIN tail USING (root, room) WHERE p.n <> 0 ORDER BY 1, 2
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
        """Say by how many threads the judged roots change their number."""
        return "count(*) FILTER (WHERE judged.is_thread) - count(*) FILTER (WHERE judged.was_thread)"

    def by_class(self) -> str:
        """Select (class, n, amounts): the totals, the tail by the rooms' present classes, and what dirty rooms move.

        A condition on what the look-up gives would make it run twice a room, so there is none. The planner takes a ledger that
        was vacuumed while it was empty for one that stays so, and would sort it, on disk when it is long; a part whose length
        it cannot know, and which is empty, makes it hash the rooms.
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
        """Select (n), the number of messages with a reply in a room that counts."""
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
        """Select (room, n) of every room with messages."""
        return (
            f"SELECT room, sum(n)::bigint AS n FROM ("
            f"SELECT room, n FROM {self.booked} UNION ALL SELECT room, n FROM {self.ledger}) t GROUP BY room HAVING sum(n) <> 0"
        )

    def rooms(self) -> str:
        """Select (room, class, n, amounts): what is booked under the class that it is read as, and the tail."""
        return f"""
SELECT room, CASE WHEN EXISTS (SELECT FROM {self.dirty} d WHERE d.room = b.room)
  THEN {self.class_of("b.room")} ELSE b.class END AS class, n{self.columns} FROM {self.booked} b
UNION ALL SELECT l.room, {self.class_of("l.room")}, n{self.columns} FROM {self.ledger} l"""
