"""The table of a page's charts: a row for each step, in the order that the reader chose, with totals and averages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext

from ..history.metric import MetricKind
from ..history.points import Certainty, HistoryRange, Point
from ..history.series import SeriesMode
from ..serialization import wire_time
from ..texts import gettext_noop as _
from .number_format import UNKNOWN
from .panels import Line, Panel
from .time_axis import format_step

# So many are a page that can be read; the files have all rows.
ROWS_PER_PAGE = 100
# A table beside a chart is not divided into pages; a longer one takes long to load.
_MOST_ROWS = 1_000
TIME = "time"
_LARGE = 100
_DESCENDING = "-"
# Where a value is from that was not measured.
_SOURCES = {Certainty.REBUILT: _("rebuilt"), Certainty.REPORTED: _("reported by the server")}


class Row(NamedTuple):
    """A step: its time, the lines' values and where they are from if not measured, and the query that finds its snapshot."""

    time: str
    cells: list[tuple[str, str]]
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: its name, the order that a click on it brings about, and whether the rows are in its order."""

    label: str
    sort: str
    sorted: str = ""


@dataclass(frozen=True)
class SeriesTable:
    """All steps of the panels of a page; `open_step` is the one that is still in progress."""

    panels: Sequence[Panel]
    history_range: HistoryRange
    open_step: int | None

    @property
    def rows(self) -> list[Row]:
        """The rows of a table that is not divided into pages, latest step first."""
        return [self.row(i) for i in reversed(range(len(self.history_range.starts)))][:_MOST_ROWS]

    def page(self, number: str, sort: str = "") -> "Page[Row]":
        """Return a page in the order of a column, or latest step first; the first or the last page if there is no such page."""
        shown: Page[Any] = Paginator(self._order(sort), ROWS_PER_PAGE).get_page(number)
        shown.object_list = [self.row(i) for i in shown.object_list]
        return shown

    def row(self, i: int) -> Row:
        """Return the row of a step."""
        starts, zone, step = self.history_range.starts, self.history_range.zone, self.history_range.step
        cells = [(panel.cell(line, i), _source(line.points[i])) for panel, line in self._lines]
        return Row(format_step(starts[i], zone, step), cells, self._snapshot(i))

    def heads(self, sort: str = "") -> list[Head]:
        """Return the heads of all columns, that of the time first."""
        column, is_descending = _parsed(sort, self._columns)
        order = "descending" if is_descending else "ascending"
        labels = ["", *(_label(panel, line) for panel, line in self._lines)]
        return [
            # The greatest values come first, and on the second click the least.
            Head(label, name if name == column and is_descending else f"-{name}", order if name == column else "")
            for name, label in zip(self._columns, labels, strict=True)
        ]

    @property
    def sums(self) -> list[tuple[str, list[str]]]:
        """The last rows: the total of what adds up, and the average of the steps that are over; each with its name."""
        totals = [panel.text(total(panel, line)) for panel, line in self._lines]
        left_out = [self.open_step if panel.are_bars and not line.earlier else None for panel, line in self._lines]
        averages = [panel.text(average(line, i)) for (panel, line), i in zip(self._lines, left_out, strict=True)]
        has_open = any(i is not None for i in left_out)
        average_name = gettext("Average, without the one in progress") if has_open else gettext("Average")
        return [
            (name, texts) for name, texts in ((gettext("Total"), totals), (average_name, averages)) if {*texts} != {UNKNOWN}
        ]

    @property
    def _lines(self) -> list[tuple[Panel, Line]]:
        return [(panel, line) for panel in self.panels for line in panel.lines]

    @property
    def _columns(self) -> list[str]:
        return [TIME, *(f"{line.metric.key}{'.earlier' if line.earlier else ''}" for _, line in self._lines)]

    def _order(self, sort: str) -> Sequence[int]:
        """Return the numbers of the steps in the order of a column; unknown values come last."""
        column, is_descending = _parsed(sort, self._columns)
        times = range(len(self.history_range.starts))
        if column == TIME:
            return times[::-1] if is_descending else times
        _, line = self._lines[self._columns.index(column) - 1]
        values = [point.value for point in line.points]
        known = [i for i in times[::-1] if values[i] is not None]
        unknown = [i for i in times[::-1] if values[i] is None]
        return [*sorted(known, key=lambda i: values[i] or 0.0, reverse=is_descending), *unknown]

    def _snapshot(self, i: int) -> str:
        """Return the query that finds the snapshot of a step; empty if nothing of it was measured."""
        if all(line.points[i].certainty is not Certainty.MEASURED for _, line in self._lines if not line.earlier):
            return ""
        since, until = self.history_range.bounds[i : i + 2]
        return urlencode({"since": wire_time(since), "until": wire_time(until)}, safe=":")


def total(panel: Panel, line: Line) -> float | None:
    """Return the sum of a line's values; of values at a time, and of different people, there is none."""
    adds_up = panel.mode is SeriesMode.CHANGE or line.metric.kind is MetricKind.EVENT
    values = _known(line.points) if adds_up else []
    return sum(values) if values else None


def average(line: Line, left_out: int | None = None) -> float | None:
    """Return the average of a line's values, without that of the step in progress; decimals of large averages say nothing."""
    values = _known(point for i, point in enumerate(line.points) if i != left_out)
    if not values:
        return None
    mean = sum(values) / len(values)
    return round(mean) if abs(mean) >= _LARGE else mean


def _parsed(sort: str, columns: Sequence[str]) -> tuple[str, bool]:
    """Return the column that a text names, and whether the order is descending; by default the latest step is first."""
    column = sort.removeprefix(_DESCENDING)
    return (column, sort.startswith(_DESCENDING)) if column in columns else (TIME, True)


def _source(point: Point) -> str:
    source = _SOURCES.get(point.certainty) if point.certainty else None
    return gettext(source) if source else ""


def _label(panel: Panel, line: Line) -> str:
    return gettext("%(metric)s, change") % {"metric": line.label} if panel.mode is SeriesMode.CHANGE else line.label


def _known(points: Iterable[Point]) -> list[float]:
    return [point.value for point in points if point.value is not None]
