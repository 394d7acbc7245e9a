"""Collections: the mapping of one kind of documents to a table of this chat."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model, Q

from .batch import Batch
from .upsert import Row


class Reference(NamedTuple):
    """A column that contains the id of a row of another table."""

    column: str
    model: type[Model]


class Placeholder(NamedTuple):
    """A column that contains the id of a row of another table, for which a placeholder is made where there is no such row.

    `make_row` makes the placeholder from the id. `condition` is met by the placeholders in the table. The document of the row
    replaces the placeholder when it is loaded.
    """

    column: str
    model: type[Model]
    make_row: Callable[[str], Row]
    condition: Q


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of an export and the table it is loaded into.

    `to_row` makes a row from a document; it raises InvalidValue if that is impossible, and NotCounted if it should not.
    If a reference does not resolve, the document is loaded without it if it is in `optional`; and if it is in `placeholders`,
    a row is made that it refers to.
    Columns in `insert_only` are written with new rows and never updated. `time` is the column by which rows are events.
    Exports need not have a collection that is `newer` than the oldest of them.
    """

    name: str
    model: type[Model]
    to_row: Callable[[dict[str, Any]], Row]
    optional: tuple[Reference, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    insert_only: frozenset[str] = frozenset()
    time: str = ""
    newer: bool = False

    def reject_conflicts(self, batch: Batch) -> None:
        """Reject rows that conflict with other rows. By default there are no such rows."""

    def before_write(self, batch: Batch) -> None:
        """Prepare the tables for the batch, in the transaction that writes it. By default, nothing needs preparation."""
