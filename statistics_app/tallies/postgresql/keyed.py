"""Counts by key on PostgreSQL: triggers append to a ledger without taking locks, and a fold moves its rows into the sums.

The numbers are correct at every isolation level, since a change and its ledger row are written in one transaction, and sums and
ledger are read in one statement. No table is unlogged, so all of them survive a crash.
"""

from collections.abc import Iterable

from ...sources.quarters import CURRENT_QUARTER
from ..audit_sql import keyed_differences
from ..definitions import END_QUARTER, EVERYTHING, FIRST_QUARTER, NO_QUARTER, PREFIX, KeyedDefinition
from ..plan import KeyedCount
from ..row_select import RowSelect
from .guard import Schema, function_statements, row_of

IS_DISTINCT = "IS DISTINCT FROM"
NOW = CURRENT_QUARTER["postgresql"]
# A key contains values of a host's columns, which may be longer than an index entry can be.
KEY_HASH = "hashtextextended(key, 0), hashtextextended(key, 1)"
# Each fold vacuums the ledger; these settings are for the time when no worker folds.
LEDGER_OPTIONS = (
    "WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0, "
    "autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2000000000, vacuum_truncate = off)"
)


# What a ledger row is as an event, in the columns of a table of changes; and the condition that it is one.
EVENT = f"key, coalesce(quarter, {NO_QUARTER}) AS quarter_, coalesce(removed_in, {NO_QUARTER}) AS removed_in_"
IS_EVENT = "key IS NOT NULL AND (quarter IS NOT NULL OR removed_in IS NOT NULL)"


def keyed_definition(count: KeyedCount, schema: Schema) -> KeyedDefinition:
    """Return the definition of a count by key."""
    base = f"{PREFIX}_{count.name}"
    ledger, total, changes, quarters = (f'{schema}."{base}_{part}"' for part in ("ledger", "total", "changes", "quarter"))
    rows = count.rows
    bodies = trigger_bodies(count, ledger, total, changes, quarters)
    found = (
        f"SELECT key, sum(n) AS n, sum(amount) AS amount FROM (SELECT key, n, amount FROM {total} "
        f"UNION ALL SELECT key, n, amount FROM {ledger}) t GROUP BY key HAVING sum(n) <> 0 OR sum(amount) <> 0"
    )
    return KeyedDefinition(
        name=count.name,
        kind=count.kind,
        host_tables=(rows.table,),
        tables=(ledger, total, changes, quarters),
        create=(
            f"CREATE TABLE IF NOT EXISTS {ledger} "
            "(key text NOT NULL, n integer NOT NULL, amount numeric NOT NULL, quarter bigint, removed_in bigint) "
            f"{LEDGER_OPTIONS}",
            *changes_tables(changes, quarters),
            f"CREATE TABLE IF NOT EXISTS {total} (key text NOT NULL, n bigint NOT NULL, amount numeric NOT NULL)",
            # A table that was renamed has kept its index, and the index its name.
            f'DROP INDEX IF EXISTS {schema}."{base}_total_key"',
            f'CREATE UNIQUE INDEX "{base}_total_key" ON {total} ({KEY_HASH})',
            *function_statements(base, schema, bodies, count.name),
        ),
        attach=tuple(trigger_statements(base, schema, rows)),
        populate=(
            f"WITH gone AS (DELETE FROM {ledger} RETURNING *) {keep_changes(changes, 'gone')}",
            f"DELETE FROM {total}",
            f"INSERT INTO {total} (key, n, amount) {count.counted}",
            mark_everything(quarters),
        ),
        fold=(
            f"WITH gone AS (DELETE FROM {ledger} RETURNING *), kept AS ({keep_changes(changes, 'gone')}), "
            f"folded AS (INSERT INTO {total} AS t (key, n, amount) SELECT key, sum(n), sum(amount) "
            "FROM gone GROUP BY key HAVING sum(n) <> 0 OR sum(amount) <> 0 ORDER BY key "
            f"ON CONFLICT ({KEY_HASH}) DO UPDATE SET n = t.n + excluded.n, amount = t.amount + excluded.amount) "
            "SELECT count(*) FROM gone"
        ),
        drop=tuple(removal_statements(base, schema, bodies, (ledger, total, changes, quarters))),
        compare=keyed_differences(count, found),
        sums=found,
        ledgers=(ledger,),
        changes=changes,
        pending=pending_changes(*(f"SELECT key, quarter, n, amount, '' AS room FROM {table}" for table in (changes, ledger))),
        quarters=quarters,
        triggers=tuple(f"{base}_{event}" for event in bodies),
    )


def trigger_bodies(count: KeyedCount, ledger: str, total: str, changes: str, quarters: str) -> dict[str, str]:
    """Return the bodies of the trigger functions, by event: they record changes of rows in the ledger."""
    rows = count.rows
    old, new = row_of(rows, "OLD"), row_of(rows, "NEW")
    moved = f"(SELECT quarter_ FROM ({old}) o) IS DISTINCT FROM (SELECT quarter_ FROM ({new}) n)"
    changed_quarter = "quarter_" if count.always else f"CASE WHEN {moved} THEN quarter_ END"

    def record(changed: str, sign: str = "", quarter: str = "quarter_", removed_in: str = "NULL::bigint") -> str:
        return (
            f"INSERT INTO {ledger} (key, n, amount, quarter, removed_in) SELECT key_, {sign}count(*), "
            f"{sign}coalesce(sum(amount_), 0), {quarter}, {removed_in if count.timed else 'NULL::bigint'} "
            f"FROM ({changed}) r GROUP BY 1, 4;"
        )

    return {
        "added": record(rows.over("changed")),
        "removed": record(rows.over("changed"), "-", removed_in=NOW),
        "changed": (
            record(old, "-", changed_quarter, removed_unless(rows, "NEW"))
            + " "
            + record(new, "", changed_quarter, removed_unless(rows, "OLD"))
        ),
        # Locked first, so that a session that vacuums the ledger is not waited for with a lock that it wants.
        "emptied": (
            f"LOCK TABLE {ledger} IN ACCESS EXCLUSIVE MODE; {keep_changes(changes, ledger)}; "
            f"TRUNCATE {ledger}, {total}; {mark_everything(quarters)};"
        ),
    }


def removed_unless(rows: RowSelect, other: str) -> str:
    """Return the quarter in which an update made a row cease to be counted, or be counted again; NULL if it did neither."""
    return f"CASE WHEN NOT EXISTS (SELECT FROM ({row_of(rows, other)}) x) THEN {NOW} END" if rows.tail else "NULL::bigint"


def changes_tables(changes: str, quarters: str) -> Iterable[str]:
    """Yield the statements that create the tables of changes that the history takes; those of events have no key to lock.

    `details` is an array of [room, author, n] for messages: a row for each of them would be most of what a fold writes to the
    WAL, and an object for each room takes longer to make.
    """
    yield (
        f"CREATE TABLE IF NOT EXISTS {changes} (batch integer NOT NULL, key text NOT NULL, quarter bigint NOT NULL, "
        "removed_in bigint NOT NULL, n bigint NOT NULL, amount numeric NOT NULL, "
        f"details json NOT NULL DEFAULT '[]') {LEDGER_OPTIONS}"
    )
    yield f"CREATE TABLE IF NOT EXISTS {quarters} (quarter bigint PRIMARY KEY)"


def keep_changes(changes: str, rows: str) -> str:
    """Return a statement that keeps the events of ledger rows for the history; `rows` has the columns of the ledger."""
    return (
        f"INSERT INTO {changes} (batch, key, quarter, removed_in, n, amount) "
        f"SELECT 0, {EVENT}, sum(n), sum(amount) FROM {rows} WHERE {IS_EVENT} "
        "GROUP BY key, quarter_, removed_in_ HAVING sum(n) <> 0 OR sum(amount) <> 0"
    )


def pending_changes(*selects: str) -> str:
    """Return a SELECT of (key, quarter, n, amount, room): what the history has not taken, from some SELECTs."""
    return (
        f"SELECT key, quarter, sum(n), sum(amount), room FROM ({' UNION ALL '.join(selects)}) p "
        f"WHERE key IS NOT NULL AND quarter >= {FIRST_QUARTER} AND quarter < {END_QUARTER} GROUP BY key, quarter, room"
    )


def mark_everything(quarters: str) -> str:
    """Return a statement that marks all quarters as changed."""
    return f"INSERT INTO {quarters} (quarter) VALUES ({EVERYTHING}) ON CONFLICT DO NOTHING"


def trigger_statements(base: str, schema: Schema, rows: RowSelect) -> Iterable[str]:
    """Yield the statements that create the four triggers on a host's table; they fire in any `session_replication_role`."""
    events = {
        "added": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed FOR EACH STATEMENT",
        "removed": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed FOR EACH STATEMENT",
        "changed": "AFTER UPDATE ON {table} FOR EACH ROW WHEN ({differ})",
        "emptied": "AFTER TRUNCATE ON {table} FOR EACH STATEMENT",
    }
    for event, when in events.items():
        clause = when.format(table=rows.table, differ=rows.differ(IS_DISTINCT))
        yield from create_trigger(f'"{base}_{event}"', clause, schema, rows.table)


def create_trigger(name: str, clause: str, schema: Schema, table: str) -> Iterable[str]:
    """Yield the statements that create a trigger, which calls the function of the same name whoever writes."""
    yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
    yield f"CREATE TRIGGER {name} {clause} EXECUTE FUNCTION {schema}.{name}()"
    yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def removal_statements(base: str, schema: Schema, bodies: Iterable[str], tables: Iterable[str]) -> Iterable[str]:
    """Yield the statements that drop the functions with their triggers, and the tables."""
    for event in bodies:
        yield f'DROP FUNCTION IF EXISTS {schema}."{base}_{event}"() CASCADE'
    for table in tables:
        yield f"DROP TABLE IF EXISTS {table}"
