"""Count anew: all sums of a count out of the host's rows, slice by slice where there are many."""

from collections.abc import Iterator
from typing import Any

from tqdm import tqdm

from .definitions import SLICE, TallyDefinition

PAGES_IN_A_SLICE = 4096
MOST_SLICES = 100

# How many pages a table has, and where the rows of a page begin. SQLite does not say; some twenty rows are on one.
_PAGES = {
    "postgresql": "SELECT pg_relation_size('{table}') / current_setting('block_size')::bigint",
    "sqlite": "SELECT coalesce(max(rowid), 0) / 20 FROM {table}",
}
_PLACE = {"postgresql": "ctid {side} '({page},0)'", "sqlite": "rowid {side} {page} * 20"}


def populate(definition: TallyDefinition, cursor: Any) -> None:
    """Run what counts a definition anew; on a terminal a bar shows how far it is. The caller holds the one snapshot."""
    statements = [part for statement in definition.populate for part in _parts(definition, statement, cursor)]
    for statement in tqdm(statements, desc=f"counting {definition.name}", unit=" parts", leave=False, disable=None):
        cursor.execute(statement)


def _parts(definition: TallyDefinition, statement: str, cursor: Any) -> Iterator[str]:
    """Split a statement by the pages of the table whose rows it takes; the first and the last slice are open."""
    if SLICE not in statement:
        yield statement
        return
    place = _PLACE[cursor.db.vendor]
    cursor.execute(_PAGES[cursor.db.vendor].format(table=definition.sliced))
    pages = int(cursor.fetchone()[0])
    step = max(PAGES_IN_A_SLICE, pages // MOST_SLICES + 1)
    for page in range(0, max(pages, 1), step):
        bounds = [place.format(side=">=", page=page)] if page else []
        bounds += [place.format(side="<", page=page + step)] if page + step < pages else []
        yield statement.replace(SLICE, " AND ".join(bounds) or "true")
