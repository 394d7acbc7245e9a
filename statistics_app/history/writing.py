"""Write series for programs: one JSON document, JSON Lines, or CSV; the same numbers in each."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..wire import to_json, wire_time
from .metrics import Metric, Nature
from .points import Point, Range
from .series import Shown

Series = Mapping[Metric, Sequence[Point]]


def as_json(found: Series, asked: Range, shown: Shown) -> Iterator[str]:
    """Write one object: the times once, and for each metric its values in their order."""
    document = {
        "since": wire_time(asked.starts[0]),
        "until": wire_time(asked.bounds[-1]),
        "step": asked.step,
        "tz": asked.zone.key,
        "as": shown,
        "times": [wire_time(start) for start in asked.starts],
        "series": [_entry(metric, points, shown) for metric, points in found.items()],
        "success": True,
    }
    yield to_json(document)


def as_lines(found: Series, asked: Range, shown: Shown) -> Iterator[str]:
    """Write one object a line for each step."""
    for i, start in enumerate(asked.starts):
        points = {metric.key: points[i] for metric, points in found.items()}
        values = {key: whole(point.value) for key, point in points.items()}
        yield (
            to_json({"time": wire_time(start), "values": values, "certainty": {k: p.certainty for k, p in points.items()}})
            + "\n"
        )


def as_csv(found: Series, asked: Range, shown: Shown) -> Iterator[str]:
    """Write a line for each step: its time, and for each metric a column for the value and one for where it comes from."""
    yield _line(["time", *(name for metric in found for name in (metric.key, f"{metric.key} is"))])
    for i, start in enumerate(asked.starts):
        cells = [cell for points in found.values() for cell in (whole(points[i].value), points[i].certainty)]
        yield _line([wire_time(start), *cells])


def whole(value: float | None) -> float | int | None:
    """Write a whole number as one."""
    return int(value) if value is not None and value.is_integer() else value


def _entry(metric: Metric, points: Sequence[Point], shown: Shown) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "metric": metric.key,
        "label": metric.label,
        "unit": metric.unit,
        "values": [whole(point.value) for point in points],
        "certainty": [point.certainty for point in points],
    }
    if metric.nature is Nature.GAUGE and shown is Shown.VALUE:
        entry["least"] = [whole(point.least) for point in points]
        entry["greatest"] = [whole(point.greatest) for point in points]
    return entry


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(["" if cell is None else cell for cell in cells])
    return out.getvalue()


WRITERS = {
    "json": ("application/json", as_json),
    "jsonl": ("application/jsonl", as_lines),
    "csv": ("text/csv; charset=utf-8", as_csv),
}
