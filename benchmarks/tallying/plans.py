"""Detection of full scans in query plans."""

from collections.abc import Iterator
from typing import Any

from statistics_app.tallies.definitions import TallyDefinition

from .cluster import Database


def full_scans(database: Database, sql: str, definition: TallyDefinition) -> list[str]:
    """Run a statement and return the tables that it scans completely, among those that grow with the chat.

    An index scan without a condition is a full scan too. A part of the plan that was not executed is not.
    """
    [[[explained]]] = [database.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")]
    growing = {*_unqualified(definition.host_tables), *_unqualified(growing_tables(definition))}
    return [
        node["Relation Name"]
        for node in _nodes(explained[0]["Plan"])
        if _is_full_scan(node) and node["Relation Name"] in growing
    ]


def growing_tables(definition: TallyDefinition) -> list[str]:
    """Return the tables of a definition that have a row for each room or thread: all but the ledgers and the totals."""
    return [table for table in definition.tables if table not in definition.ledgers and not table.strip('"').endswith("_total")]


def _is_full_scan(node: dict[str, Any]) -> bool:
    if not node.get("Actual Loops") or "Relation Name" not in node:
        return False
    return node["Node Type"] == "Seq Scan" or ("Index" in node["Node Type"] and "Index Cond" not in node)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _unqualified(tables: Any) -> set[str]:
    return {table.rpartition(".")[2].strip('"') for table in tables}
