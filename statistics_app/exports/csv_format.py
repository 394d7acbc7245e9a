"""CSV (RFC 4180): a line for each snapshot, or for each step of series."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from ..history.points import HistoryRange
from ..history.series import SeriesMode
from ..models import Snapshot
from ..serialization import plain_number, wire_time
from .base import Series, SeriesFormat
from .columns import COLUMNS


class _Line:
    """A file whose `write` returns the text, so that `csv.writer.writerow` does too."""

    def write(self, text: str) -> str:
        return text


def csv_row(cells: Iterable[Any]) -> bytes:
    """Return one line; None is an empty cell."""
    return csv.writer(_Line()).writerow(cells).encode()


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Write a line for each snapshot, after one with the names of the columns."""
    yield csv_row(column.key for column in COLUMNS)
    for snapshot in snapshots:
        yield csv_row(column.cell_of(snapshot) for column in COLUMNS)


def write_series(series: Series, asked: HistoryRange, mode: SeriesMode) -> Iterator[bytes]:
    """Write a line for each step: its time, and for each metric a column for the value and one for its certainty."""
    yield csv_row(["time", *(name for metric in series for name in (metric.key, f"{metric.key} is"))])
    for i, start in enumerate(asked.starts):
        cells = [cell for points in series.values() for cell in (plain_number(points[i].value), points[i].certainty)]
        yield csv_row([wire_time(start), *cells])


CSV = SeriesFormat("csv", "CSV", "text/csv; charset=utf-8", "csv", write_snapshots, write_series=write_series)
