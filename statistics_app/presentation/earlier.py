"""The comparison of a time range with an earlier one: its lines, and the numbers of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from ..history.metric import Metric, MetricKind
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode
from .number_format import UNKNOWN, format_change, format_percent_change
from .panels import format_value
from .time_axis import format_time

Series = Mapping[Metric, Sequence[Point]]


@dataclass(frozen=True, slots=True)
class EarlierSeries:
    """The name of an earlier time range, and its series, which have as many steps as those shown.

    If another server counted at its end, values of snapshots are not subtracted.
    """

    name: str
    history_range: HistoryRange
    series: Series
    is_of_other_server: bool = False

    @property
    def description(self) -> str:
        """The name with the time range, as text."""
        zone, bounds = self.history_range.zone, self.history_range.bounds
        values = {"name": self.name, "since": format_time(bounds[0], zone), "until": format_time(bounds[-1], zone)}
        return gettext("%(name)s, %(since)s to %(until)s") % values


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """The number of a metric in both time ranges, and the difference, as texts."""

    metric: Metric
    shown: str
    earlier: str
    difference: str
    percent: str


def compared_rows(shown: Series, earlier: EarlierSeries, history_range: HistoryRange, mode: SeriesMode) -> list[ComparedRow]:
    """Return a row for each metric: the sum of events, or the last value of a gauge, over the steps that are known in both.

    A step that is not over yet is left out, since its counterpart is.
    """
    is_over = [end <= history_range.until for end in history_range.bounds[1:]]
    rows = [_row(metric, shown[metric], earlier.series[metric], is_over, mode) for metric in shown]
    return [_without_difference(row) if earlier.is_of_other_server and _is_gauge(row.metric, mode) else row for row in rows]


def _is_gauge(metric: Metric, mode: SeriesMode) -> bool:
    return metric.kind is MetricKind.GAUGE and mode is SeriesMode.VALUE


def _without_difference(row: ComparedRow) -> ComparedRow:
    return replace(row, difference=UNKNOWN, percent=UNKNOWN)


def _row(
    metric: Metric, shown: Sequence[Point], earlier: Sequence[Point], is_over: Sequence[bool], mode: SeriesMode
) -> ComparedRow:
    pairs = [
        (now.value, then.value)
        for now, then, over in zip(shown, earlier, is_over, strict=True)
        if over and now.value is not None and then.value is not None
    ]
    if not pairs:
        return ComparedRow(metric, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    is_sum = metric.kind is MetricKind.EVENT or mode is SeriesMode.CHANGE
    now, then = [sum(values) for values in zip(*pairs, strict=True)] if is_sum else pairs[-1]
    percent = format_percent_change(100 * (now - then) / then) if then > 0 else UNKNOWN
    shown_text, earlier_text = (format_value(value, metric.unit, mode) for value in (now, then))
    return ComparedRow(metric, shown_text, earlier_text, format_change(now - then, metric.unit), percent)
