"""Snapshots as lines: CSV and JSON Lines."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from ..models import Snapshot
from .columns import COLUMNS


class _Line:
    """Takes what a CSV writer writes, and gives it away at once."""

    def write(self, text: str) -> str:
        return text


def csv_row(cells: Iterable[Any]) -> str:
    """Write one line of CSV (RFC 4180)."""
    return csv.writer(_Line()).writerow(cells)


def as_csv(snapshots: Iterable[Snapshot]) -> Iterator[str]:
    """Write a line a snapshot, after one with the names of the columns."""
    yield csv_row(column.key for column in COLUMNS)
    for snapshot in snapshots:
        yield csv_row(column.cell_of(snapshot) for column in COLUMNS)


def as_json_lines(snapshots: Iterable[Snapshot]) -> Iterator[str]:
    """Write a document a line, each as the API lists it."""
    for snapshot in snapshots:
        yield f"{snapshot.body_in_list}\n"


def as_json(snapshots: Iterable[Snapshot]) -> Iterator[str]:
    """Write one array of the documents, each as the API lists it."""
    before = "["
    for snapshot in snapshots:
        yield f"{before}{snapshot.body_in_list}"
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"
