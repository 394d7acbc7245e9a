"""Counts by key on SQLite: there is one writer at a time, so triggers update the sums directly, without a ledger."""

from collections.abc import Iterable

from ..audit_sql import keyed_differences
from ..definitions import EVERYTHING, PREFIX, KeyedDefinition
from ..plan import KeyedCount
from ..row_select import RowSelect

IS_DISTINCT = "IS NOT"


def keyed_definition(count: KeyedCount) -> KeyedDefinition:
    """Return the definition of a count by key."""
    base = f"{PREFIX}_{count.name}"
    total, quarters = f'"{base}_total"', f'"{base}_quarter"'
    rows = count.rows
    old, new = rows.of("OLD"), rows.of("NEW")
    moved = "true" if count.always else f"(SELECT quarter_ FROM ({old}) o) IS NOT (SELECT quarter_ FROM ({new}) n)"

    def add(changed: str, sign: str = "") -> str:
        return (
            f"INSERT INTO {total} (key, n, amount) SELECT key_, {sign}1, {sign}coalesce(amount_, 0) "
            f"FROM ({changed}) r WHERE true "
            f"ON CONFLICT (key) DO UPDATE SET n = n + excluded.n, amount = amount + excluded.amount;"
        )

    bodies = {
        "added": f"{add(new)} {mark_quarters(quarters, new)}",
        "removed": f"{add(old, '-')} {mark_quarters(quarters, old)}",
        "changed": " ".join(
            [add(old, "-"), add(new), mark_quarters(quarters, old, moved), mark_quarters(quarters, new, moved)]
        ),
    }
    found = f"SELECT key, n, amount FROM {total} WHERE n <> 0 OR amount <> 0"
    return KeyedDefinition(
        name=count.name,
        host_tables=(rows.table,),
        tables=(total, quarters),
        create=(
            f"CREATE TABLE IF NOT EXISTS {total} "
            "(key text PRIMARY KEY, n integer NOT NULL, amount integer NOT NULL) WITHOUT ROWID",
            f"CREATE TABLE IF NOT EXISTS {quarters} (quarter integer PRIMARY KEY)",
        ),
        attach=tuple(trigger_statements(base, rows, bodies)),
        populate=(f"DELETE FROM {total}", f"INSERT INTO {total} (key, n, amount) {count.counted}", mark_everything(quarters)),
        drop=tuple(removal_statements(base, bodies, (total, quarters))),
        compare=keyed_differences(count, found),
        sums=found,
        quarters=quarters,
        triggers=tuple(f"{base}_{event}" for event in bodies),
    )


def mark_everything(quarters: str) -> str:
    """Return a statement that marks all quarters as changed."""
    return f"INSERT INTO {quarters} (quarter) VALUES ({EVERYTHING}) ON CONFLICT (quarter) DO NOTHING"


def mark_quarters(quarters: str, row: str, condition: str = "true") -> str:
    """Return a statement that marks the quarter of a row as changed.

    It does not use OR IGNORE, since the conflict clause of the statement that fires the trigger would override it.
    """
    return (
        f"INSERT INTO {quarters} (quarter) SELECT quarter_ FROM ({row}) r WHERE quarter_ IS NOT NULL AND {condition} "
        "ON CONFLICT (quarter) DO NOTHING;"
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
