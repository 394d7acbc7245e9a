"""Counts by key on SQLite: there is one writer at a time, so triggers update the sums directly, without a ledger."""

from collections.abc import Iterable

from ...sources.quarters import CURRENT_QUARTER
from ..audit_sql import keyed_differences
from ..definitions import END_QUARTER, EVERYTHING, FIRST_QUARTER, NO_QUARTER, PREFIX, KeyedDefinition
from ..plan import KeyedCount
from ..row_select import RowSelect

IS_DISTINCT = "IS NOT"
NOW = CURRENT_QUARTER["sqlite"]
CHANGE_KEY = "batch, key, quarter, removed_in, room, author"


def keyed_definition(count: KeyedCount) -> KeyedDefinition:
    """Return the definition of a count by key."""
    base = f"{PREFIX}_{count.name}"
    total, changes, quarters = (f'"{base}_{part}"' for part in ("total", "changes", "quarter"))
    rows = count.rows
    old, new = rows.of("OLD"), rows.of("NEW")
    moved = "true" if count.always else f"(SELECT quarter_ FROM ({old}) o) IS NOT (SELECT quarter_ FROM ({new}) n)"

    def add(changed: str, sign: str = "") -> str:
        return (
            f"INSERT INTO {total} (key, n, amount) SELECT key_, {sign}1, {sign}coalesce(amount_, 0) "
            f"FROM ({changed}) r WHERE true "
            f"ON CONFLICT (key) DO UPDATE SET n = n + excluded.n, amount = amount + excluded.amount;"
        )

    def change(row: str, sign: str, removed_in: str, condition: str = "true") -> str:
        selected = f"SELECT key_ AS key, quarter_, {sign}coalesce(amount_, 0) AS amount FROM ({row}) r WHERE {condition}"
        return keep_change(changes, selected, sign, removed_in) if count.timed else ""

    bodies = {
        "added": f"{add(new)} {change(new, '', str(NO_QUARTER))}",
        "removed": f"{add(old, '-')} {change(old, '-', NOW)}",
        "changed": " ".join(
            [
                *(add(old, "-"), add(new)),
                change(old, "-", removed_unless(rows, "NEW"), moved),
                change(new, "", removed_unless(rows, "OLD"), moved),
            ]
        ),
    }
    found = f"SELECT key, n, amount FROM {total} WHERE n <> 0 OR amount <> 0"
    return KeyedDefinition(
        name=count.name,
        kind=count.kind,
        host_tables=(rows.table,),
        tables=(total, changes, quarters),
        create=(
            f"CREATE TABLE IF NOT EXISTS {total} "
            "(key text PRIMARY KEY, n integer NOT NULL, amount integer NOT NULL) WITHOUT ROWID",
            *changes_tables(changes, quarters),
        ),
        attach=tuple(trigger_statements(base, rows, bodies)),
        populate=(f"DELETE FROM {total}", f"INSERT INTO {total} (key, n, amount) {count.counted}", mark_everything(quarters)),
        drop=tuple(removal_statements(base, bodies, (total, changes, quarters))),
        compare=keyed_differences(count, found),
        sums=found,
        changes=changes,
        pending=pending_changes(changes),
        quarters=quarters,
        triggers=tuple(f"{base}_{event}" for event in bodies),
    )


def mark_everything(quarters: str) -> str:
    """Return a statement that marks all quarters as changed."""
    return f"INSERT INTO {quarters} (quarter) VALUES ({EVERYTHING}) ON CONFLICT (quarter) DO NOTHING"


def removed_unless(rows: RowSelect, other: str) -> str:
    """Return the quarter in which an updated row ceased to be counted, or was counted again, unless OLD and NEW are counted."""
    return f"CASE WHEN EXISTS ({rows.of(other)}) THEN {NO_QUARTER} ELSE {NOW} END" if rows.tail else str(NO_QUARTER)


def changes_tables(changes: str, quarters: str) -> Iterable[str]:
    """Yield the statements that create the tables of changes that the history takes."""
    yield (
        f"CREATE TABLE IF NOT EXISTS {changes} (batch integer NOT NULL, key text NOT NULL, quarter integer NOT NULL, "
        "removed_in integer NOT NULL, n integer NOT NULL, amount integer NOT NULL, "
        "room text NOT NULL DEFAULT '', author text NOT NULL DEFAULT '', "
        f"PRIMARY KEY ({CHANGE_KEY})) WITHOUT ROWID"
    )
    yield f"CREATE TABLE IF NOT EXISTS {quarters} (quarter integer PRIMARY KEY)"


def keep_change(changes: str, row: str, sign: str, removed_in: str, also: str = "") -> str:
    """Return a statement that keeps the event of a row for the history; `row` selects (key, quarter_, amount).

    `also` are further columns of it by which the changes are kept apart, each preceded by a comma. There is no OR REPLACE,
    since the conflict clause of the statement that fires the trigger would override it.
    """
    return (
        f"INSERT INTO {changes} (batch, key, quarter, removed_in{also}, n, amount) "
        f"SELECT 0, key, coalesce(quarter_, {NO_QUARTER}), {removed_in}{also}, {sign}1, amount FROM ({row}) e "
        f"WHERE key IS NOT NULL AND (quarter_ IS NOT NULL OR {removed_in} <> {NO_QUARTER}) "
        f"ON CONFLICT ({CHANGE_KEY}) DO UPDATE SET n = n + excluded.n, amount = amount + excluded.amount;"
    )


def pending_changes(changes: str) -> str:
    """Return a SELECT of (key, quarter, n, amount, room): what the history has not taken."""
    return (
        f"SELECT key, quarter, sum(n), sum(amount), room FROM {changes} "
        f"WHERE quarter >= {FIRST_QUARTER} AND quarter < {END_QUARTER} GROUP BY key, quarter, room"
    )


def trigger_statements(base: str, rows: RowSelect, bodies: dict[str, str]) -> Iterable[str]:
    """Yield the statements that create the three triggers on a host's table."""
    events = {"added": "INSERT", "removed": "DELETE", "changed": "UPDATE"}
    for event, body in bodies.items():
        name = f'"{base}_{event}"'
        when = f" WHEN {rows.differ(IS_DISTINCT)}" if event == "changed" else ""
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} AFTER {events[event]} ON {rows.table} FOR EACH ROW{when} BEGIN {body} END"


def removal_statements(base: str, bodies: Iterable[str], tables: Iterable[str]) -> Iterable[str]:
    """Yield the statements that drop the triggers on the host's tables, and the app's tables with their triggers."""
    for event in bodies:
        yield f'DROP TRIGGER IF EXISTS "{base}_{event}"'
    for table in tables:
        yield f"DROP TABLE IF EXISTS {table}"
