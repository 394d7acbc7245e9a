"""The table of formats that snapshots can be had in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..models import Snapshot
from .openmetrics import as_openmetrics
from .tabular import as_csv, as_json, as_json_lines


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name for people, its media type, the end of a file's name, and what writes it as a stream of text."""

    label: str
    media_type: str
    suffix: str
    write: Callable[[Iterable[Snapshot]], Iterator[str]]

    def file_name(self, stem: str) -> str:
        """Name a file."""
        return f"{stem}.{self.suffix}"


FORMATS = {
    "json": Format("JSON", "application/json", "json", as_json),
    "jsonl": Format("JSON Lines", "application/jsonl", "jsonl", as_json_lines),
    "csv": Format("CSV", "text/csv; charset=utf-8", "csv", as_csv),
    "openmetrics": Format(
        "OpenMetrics", "application/openmetrics-text; version=1.0.0; charset=utf-8", "om.txt", as_openmetrics
    ),
}
