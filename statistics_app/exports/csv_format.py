"""The CSV format (RFC 4180): one row per snapshot, or one row per step of the series.

Series are laid out for people: spreadsheets show times in UTC as if they were local.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from ..history.points import HistoryRange
from ..history.series import SeriesMode
from ..history.steps import WITHIN_A_DAY
from ..models import Snapshot
from ..serialization import plain_number, wire_time
from .base import Series, SeriesFormat
from .columns import COLUMNS

# What formulas begin with in spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file-like object whose `write` returns the text, which `csv.writer.writerow` then returns too."""

    def write(self, text: str) -> str:
        return text


def csv_row(cells: Iterable[Any]) -> bytes:
    """Return one encoded row; None becomes an empty cell, and no text becomes a formula."""
    return csv.writer(_Echo()).writerow([_inert(cell) for cell in cells]).encode()


def _inert(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Yield a header row with the column names, then one row per snapshot."""
    yield csv_row(column.key for column in COLUMNS)
    for snapshot in snapshots:
        yield csv_row(column.cell_of(snapshot) for column in COLUMNS)


def write_series(series: Series, history_range: HistoryRange, mode: SeriesMode) -> Iterator[bytes]:
    """Yield a header row, then one row per step: its local date or time, its start in UTC, and two columns per metric.

    These are the value and its certainty. The local time of a step that is shorter than a day has its UTC offset.
    """
    change = ", change" if mode is SeriesMode.CHANGE else ""
    titles = [title for metric in series for title in (f"{metric.label}{change}", f"certainty of {metric.label}")]
    yield csv_row([f"{history_range.step} in {history_range.zone.key}", "UTC", *titles])
    for i, start in enumerate(history_range.starts):
        cells = [cell for points in series.values() for cell in (plain_number(points[i].value), points[i].certainty)]
        yield csv_row([_local(start, history_range), wire_time(start), *cells])


def _local(start: datetime, history_range: HistoryRange) -> str:
    local = start.astimezone(history_range.zone)
    return local.isoformat(" ", "minutes") if history_range.step in WITHIN_A_DAY else local.date().isoformat()


CSV = SeriesFormat("csv", "CSV", "text/csv; charset=utf-8", "csv", write_snapshots, write_series=write_series)
