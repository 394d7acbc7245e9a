"""The columns of a table of snapshots."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..catalogue.statistic import Unit
from ..catalogue.statistics import CATALOGUE
from ..history.metric import value_at_path
from ..models import Snapshot
from ..serialization import to_json


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a key of the document, or the path to a number within an object."""

    key: str

    def cell_of(self, snapshot: Snapshot) -> Any:
        """Return the value of this column; objects and arrays as JSON, an empty string if the value is unknown."""
        value = value_at_path(snapshot.document, self.key)
        return "" if value is None else to_json(value) if isinstance(value, (dict, list)) else value


def _columns() -> Iterator[Column]:
    for statistic in CATALOGUE:
        yield from (Column(f"{statistic.key}.{part.path}") for part in statistic.parts)
        if statistic.unit is not Unit.OBJECT or not statistic.parts:
            yield Column(statistic.key)


COLUMNS = tuple(_columns())
