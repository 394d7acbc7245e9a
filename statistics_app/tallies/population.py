"""The recount of all rows of a tally, slice by slice if the table is large."""

from collections.abc import Iterator
from typing import Any

from ..optional import progress_bar
from .definitions import SLICE, TallyDefinition

PAGES_PER_SLICE = 4096
MAX_SLICES = 100

# The number of pages of a table, and a condition for rows before or after a page. For SQLite, twenty rows per page are assumed.
_PAGES = {
    "postgresql": "SELECT pg_relation_size('{table}') / current_setting('block_size')::bigint",
    "sqlite": "SELECT coalesce(max(rowid), 0) / 20 FROM {table}",
}
_BOUND = {"postgresql": "ctid {side} '({page},0)'", "sqlite": "rowid {side} {page} * 20"}


def populate(definition: TallyDefinition, cursor: Any) -> None:
    """Recount the rows of a tally, with a progress bar on a terminal; the caller has opened the counting transaction."""
    statements = [part for statement in definition.populate for part in _slices(definition, statement, cursor)]
    for statement in progress_bar(statements, desc=f"counting {definition.name}", unit=" parts", leave=False, disable=None):
        cursor.execute(statement)


def _slices(definition: TallyDefinition, statement: str, cursor: Any) -> Iterator[str]:
    """Split a statement into slices of pages of the table that it reads; the first and the last slice have one bound only."""
    if SLICE not in statement:
        yield statement
        return
    bound = _BOUND[cursor.db.vendor]
    cursor.execute(_PAGES[cursor.db.vendor].format(table=definition.sliced))
    pages = int(cursor.fetchone()[0])
    step = max(PAGES_PER_SLICE, pages // MAX_SLICES + 1)
    for page in range(0, max(pages, 1), step):
        bounds = [bound.format(side=">=", page=page)] if page else []
        bounds += [bound.format(side="<", page=page + step)] if page + step < pages else []
        yield statement.replace(SLICE, " AND ".join(bounds) or "true")
