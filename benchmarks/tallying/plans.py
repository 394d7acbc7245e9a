"""Which tables a statement read from one end to the other."""

from collections.abc import Iterator
from typing import Any

from statistics_app.tallies.definitions import TallyDefinition

from .cluster import Database


def whole_scans(database: Database, sql: str, definition: TallyDefinition) -> list[str]:
    """Run a statement and name the tables that grow with the chat of which it read every row.

    A scan of an index without a condition is one, too; a part of the plan that was never run is none.
    """
    [[[explained]]] = [database.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")]
    growing = {*_bare(definition.host_tables), *_bare(growing_tables(definition))}
    return [
        node["Relation Name"] for node in _nodes(explained[0]["Plan"]) if _reads_all(node) and node["Relation Name"] in growing
    ]


def growing_tables(definition: TallyDefinition) -> list[str]:
    """List the tables of a count that have a row for each room or thread: neither what is noted nor the totals."""
    return [table for table in definition.tables if table not in definition.ledgers and not table.strip('"').endswith("_total")]


def _reads_all(node: dict[str, Any]) -> bool:
    if not node.get("Actual Loops") or "Relation Name" not in node:
        return False
    return node["Node Type"] == "Seq Scan" or ("Index" in node["Node Type"] and "Index Cond" not in node)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _bare(tables: Any) -> set[str]:
    return {table.rpartition(".")[2].strip('"') for table in tables}
