"""The statements over the partitions of a table of messages on PostgreSQL: which ones stand, and what each contributes.

A partition is identified by the triggers that it has at the moment, not by its table alone: one that is detached loses them,
and has others when it is attached again. The catalogue is read as any table, in the view of the data of the sums.
"""

from dataclasses import dataclass

from ..audit_sql import partition_differences
from ..definitions import PART, PART_NAME
from .message_queries import MessageSQL

# The part of ledger rows that belong to no partition: what partitions that are gone had contributed, negated.
NO_PART = 0


@dataclass(frozen=True, slots=True)
class PartitionSQL(MessageSQL):
    """The statements over the tables of the count of messages by partition.

    The ledger has the partition of each change. `parts` holds the counted partitions with their triggers, `part_quarter` the
    quarters of their rows, `room_share` and `thread_share` what each contributes to the sums, and `emptied` those that were
    truncated. `on_parts` are the names of the
    triggers of each partition, `on_emptied` the one among them that PostgreSQL does not copy from the table, and `emptying` the
    function that it calls.
    """

    parts: str
    part_quarter: str
    room_share: str
    thread_share: str
    emptied: str
    on_parts: tuple[str, ...]
    on_emptied: str
    emptying: str

    def gone(self) -> str:
        """Return common table expressions that empty the ledger of the counted partitions, and add to their shares."""
        each = self.count.each
        return f"""gone AS (
  DELETE FROM {self.ledger} WHERE part IN (SELECT part FROM {self.parts})
  RETURNING *),
shared_quarters AS (
  INSERT INTO {self.part_quarter} (part, quarter)
  SELECT DISTINCT part, quarter FROM gone WHERE n > 0 AND quarter IS NOT NULL ORDER BY 1, 2 ON CONFLICT DO NOTHING),
shared_rooms AS (
  INSERT INTO {self.room_share} AS s (part, room, n{self.columns})
  SELECT part, room, sum(n){each(", sum($)")} FROM gone WHERE part <> {NO_PART} GROUP BY part, room ORDER BY part, room
  ON CONFLICT (part, room) DO UPDATE SET n = s.n + excluded.n{each(", $ = s.$ + excluded.$")}),
shared_threads AS (
  INSERT INTO {self.thread_share} AS s (part, root, room, n)
  SELECT part, root, room, sum(n) FROM gone WHERE part <> {NO_PART} AND root IS NOT NULL
  GROUP BY part, root, room ORDER BY part, root, room
  ON CONFLICT (part, root, room) DO UPDATE SET n = s.n + excluded.n)"""

    def leaves(self) -> str:
        """Return common table expressions with `leaves`: the attached partitions that hold rows, with their triggers."""
        names = ", ".join(f"'{name}'" for name in self.on_parts)
        signature = "concat_ws(':', t.tgname, t.oid, t.xmin, t.tgenabled)"
        return f"""
WITH RECURSIVE below (part, pending) AS (
  SELECT inhrelid, inhdetachpending FROM pg_inherits WHERE inhparent = to_regclass('{self.count.messages.table}')
  UNION ALL SELECT i.inhrelid, b.pending OR i.inhdetachpending FROM below b JOIN pg_inherits i ON i.inhparent = b.part),
leaves AS (
  SELECT b.part, b.pending, c.relkind, coalesce(t.signature, '') AS signature, t.number = {len(self.on_parts)} AS equipped
  FROM below b JOIN pg_class c ON c.oid = b.part CROSS JOIN LATERAL (
    SELECT string_agg({signature}, ' ' ORDER BY t.oid) AS signature, count(*) FILTER (WHERE t.tgenabled = 'A') AS number
    FROM pg_trigger t WHERE t.tgrelid = b.part AND t.tgname IN ({names})) t
  WHERE c.relkind <> 'p'),
counted AS (SELECT part, signature FROM {self.parts} WHERE part <> {NO_PART})"""

    def standing(self) -> str:
        """Return a SELECT of what is wrong with the partitions, an empty text if all are counted as they stand."""
        return f"""{self.leaves()}
SELECT CASE
  WHEN EXISTS (SELECT FROM leaves WHERE relkind <> 'r') THEN 'has a partition that is a foreign table'
  WHEN EXISTS (SELECT FROM leaves WHERE pending) THEN 'has a partition that is being detached'
  WHEN EXISTS (SELECT FROM leaves l FULL JOIN counted c USING (part) WHERE l.signature IS DISTINCT FROM c.signature)
    THEN 'has partitions that were attached, detached or changed since they were counted'
  WHEN EXISTS (SELECT FROM {self.emptied} e JOIN leaves USING (part)) THEN 'has a partition that was truncated'
  WHEN EXISTS (SELECT FROM {self.ledger} l WHERE l.part NOT IN (SELECT part FROM {self.parts}))
    THEN 'has changes of a partition that is gone'
  ELSE '' END"""

    def exact(self, select: str, order: str = "") -> str:
        """Return a SELECT that raises an error if the partitions do not stand as they are counted in its own view of the data.

        Whether they do is looked up before, but outside of a transaction a partition may be detached in between.
        """
        standing = f"({self.standing()})"
        return f"SELECT * FROM ({select}) exact_ WHERE CASE {standing} WHEN '' THEN true ELSE {standing}::boolean END{order}"

    def unsettled(self) -> str:
        """Return a SELECT of (part, name, whether it has its triggers) of the partitions that are not counted as they stand."""
        return f"""{self.leaves()}
SELECT part, l.part::regclass::text, coalesce(l.equipped, false) FROM leaves l FULL JOIN counted c USING (part)
WHERE coalesce(l.relkind = 'r' AND NOT l.pending, true) AND (l.signature IS DISTINCT FROM c.signature
  OR (l.part IS NOT NULL AND part IN (SELECT e.part FROM {self.emptied} e)))
UNION ALL SELECT DISTINCT part, NULL, false FROM {self.ledger}
WHERE part NOT IN (SELECT part FROM leaves UNION ALL SELECT part FROM {self.parts})
ORDER BY 1"""

    def equip(self) -> str:
        """Return a statement that gives each partition its own trigger, and lets all its triggers fire always."""
        create = f'CREATE TRIGGER "{self.on_emptied}" AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION {self.emptying}'
        statements = (
            f'DROP TRIGGER IF EXISTS "{self.on_emptied}" ON %s',
            f"{create}()",
            *(f'ALTER TABLE %s ENABLE ALWAYS TRIGGER "{name}"' for name in self.on_parts),
        )
        executed = " ".join(f"EXECUTE format('{statement}', leaf);" for statement in statements)
        return (
            f"DO $parts$ DECLARE leaf regclass; BEGIN FOR leaf IN {self.leaves()} "
            f"SELECT part FROM leaves WHERE part = {PART} AND relkind = 'r' AND NOT equipped "
            f"LOOP {executed} END LOOP; END $parts$"
        )

    def is_counted(self) -> str:
        """Return a SELECT of whether a partition is attached and has its triggers, so that its rows can be counted."""
        return f"{self.leaves()} SELECT EXISTS (SELECT FROM leaves WHERE part = {PART} AND equipped AND NOT pending)"

    def forget(self) -> tuple[str, ...]:
        """Return the statements that take what a partition contributed out of the sums, by the next fold.

        In the ledger, a reply counts as a message of its room as well.
        """
        each, zeros = self.count.each, self.count.each(", 0")
        shares = f"""
SELECT room, NULL AS root, -n AS n{each(", -$ AS $")} FROM {self.room_share} WHERE part = {PART}
UNION ALL SELECT room, root, -n{zeros} FROM {self.thread_share} WHERE part = {PART}
UNION ALL SELECT room, NULL, n{zeros} FROM {self.thread_share} WHERE part = {PART}"""
        return (
            f"WITH gone AS (DELETE FROM {self.ledger} WHERE part = {PART} RETURNING *) {self.keep('gone')}",
            f"INSERT INTO {self.ledger} (part, room, root, n{self.columns}) "
            f"SELECT {NO_PART}, room, root, sum(n){each(', sum($)')} FROM ({shares}) s GROUP BY room, root "
            f"HAVING sum(n) <> 0{each(' OR sum($) <> 0')}",
            f"INSERT INTO {self.quarters} (quarter) SELECT quarter FROM {self.part_quarter} WHERE part = {PART} "
            "ON CONFLICT DO NOTHING",
            *(
                f"DELETE FROM {table} WHERE part = {PART}"
                for table in (self.room_share, self.thread_share, self.parts, self.part_quarter, self.emptied)
            ),
        )

    def adopt(self) -> tuple[str, ...]:
        """Return the statements that count the rows of a partition, which is forgotten, into the ledger."""
        rows = self.count.messages.over(PART_NAME)
        each = self.count.each
        return (
            f"INSERT INTO {self.ledger} (part, room, root, n{self.columns}) "
            f"SELECT {PART}, room_, root_, count(*){each(', sum($_)')} FROM ({rows}) r GROUP BY room_, root_",
            f"INSERT INTO {self.part_quarter} (part, quarter) "
            f"SELECT DISTINCT {PART}, quarter_ FROM ({rows}) r WHERE quarter_ IS NOT NULL",
            f"INSERT INTO {self.quarters} (quarter) SELECT quarter FROM {self.part_quarter} WHERE part = {PART} "
            "ON CONFLICT DO NOTHING",
            f"INSERT INTO {self.parts} (part, signature) {self.leaves()} "
            f"SELECT part, signature FROM leaves WHERE part = {PART}",
        )

    def differences(self) -> str:
        """Return a SELECT of (key, expected, found) that compares what each partition contributed with its rows."""
        rows = self.count.messages.select.replace("SELECT ", f"SELECT {self.count.messages.table}.tableoid AS part_, ", 1)
        own, columns = f"FROM {self.ledger} WHERE part <> {NO_PART}", f"part, room, n{self.columns}"
        return partition_differences(
            self.count,
            rows,
            rooms=f"SELECT {columns} FROM {self.room_share} UNION ALL SELECT {columns} {own}",
            replies=(
                f"SELECT part, room, root, n FROM {self.thread_share} "
                f"UNION ALL SELECT part, room, root, n {own} AND root IS NOT NULL"
            ),
        )
