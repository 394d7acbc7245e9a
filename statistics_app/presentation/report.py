"""A report of charts: what it is about, and a row of numbers for each line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .charts import Charts
from .number_format import UNKNOWN
from .panels import Line, Panel
from .series_table import average, total
from .time_axis import format_step, format_time


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The numbers of a line as texts; the extremes each with the step that they are of."""

    name: str
    total: str
    average: str
    least: str
    greatest: str
    last: str


@dataclass(frozen=True)
class Report:
    """The charts of a report, and when it was made."""

    charts: Charts
    made_at: datetime

    @property
    def title(self) -> str:
        """The titles of the charts."""
        return ", ".join(dict.fromkeys(panel.title for panel in self.charts.panels))

    @property
    def made(self) -> str:
        """When it was made, in the zone of the charts."""
        zone = self.charts.history_range.zone
        return f"{format_time(self.made_at, zone)} {self.made_at.astimezone(zone).tzname()}"

    @property
    def rows(self) -> Iterator[ReportRow]:
        """The numbers of each line."""
        for panel in self.charts.panels:
            for line in panel.lines:
                yield self._row(panel, line)

    def _row(self, panel: Panel, line: Line) -> ReportRow:
        known = [(point.value, i) for i, point in enumerate(line.points) if point.value is not None]
        open_step = self.charts.open_step if panel.are_bars and not line.earlier else None
        # The step in progress is no low.
        over = [(value, i) for value, i in known if i != open_step] or known
        return ReportRow(
            line.label,
            total=panel.text(total(panel, line)),
            average=panel.text(average(line, open_step)),
            least=self._with_step(panel, min(over)) if over else UNKNOWN,
            greatest=self._with_step(panel, max(over)) if over else UNKNOWN,
            last=line.last,
        )

    def _with_step(self, panel: Panel, found: tuple[float, int]) -> str:
        value, i = found
        history_range = self.charts.history_range
        return f"{panel.text(value)} ({format_step(history_range.starts[i], history_range.zone, history_range.step)})"
