"""The CSV format (RFC 4180): one row per snapshot, or one row per step of the series."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from ..history.points import HistoryRange
from ..history.series import SeriesMode
from ..models import Snapshot
from ..serialization import plain_number, wire_time
from .base import Series, SeriesFormat
from .columns import COLUMNS


class _Echo:
    """A file-like object whose `write` returns the text, which `csv.writer.writerow` then returns too."""

    def write(self, text: str) -> str:
        return text


def csv_row(cells: Iterable[Any]) -> bytes:
    """Return one encoded row; None becomes an empty cell."""
    return csv.writer(_Echo()).writerow(cells).encode()


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Yield a header row with the column names, then one row per snapshot."""
    yield csv_row(column.key for column in COLUMNS)
    for snapshot in snapshots:
        yield csv_row(column.cell_of(snapshot) for column in COLUMNS)


def write_series(series: Series, history_range: HistoryRange, mode: SeriesMode) -> Iterator[bytes]:
    """Yield a header row, then one row per step: its start, and two columns per metric, the value and its certainty."""
    yield csv_row(["time", *(name for metric in series for name in (metric.key, f"{metric.key} is"))])
    for i, start in enumerate(history_range.starts):
        cells = [cell for points in series.values() for cell in (plain_number(points[i].value), points[i].certainty)]
        yield csv_row([wire_time(start), *cells])


CSV = SeriesFormat("csv", "CSV", "text/csv; charset=utf-8", "csv", write_snapshots, write_series=write_series)
