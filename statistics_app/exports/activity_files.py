"""Files of the page of activity, as CSV: series, the hours of the week, and cohorts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ..conf import WEEKDAYS
from ..history.activity import Activity
from ..history.activity_metrics import activity_metrics
from ..history.activity_summary import Cohorts, cohorts_of, hours_of
from ..history.heat_map import HOURS, HeatMap
from ..history.metric import Metric
from ..history.metrics import BY_KEY, ROOM_KIND_NAMES
from ..history.points import HistoryRange
from ..history.series import SeriesMode, series
from ..http.query_parameters import choice
from .csv_format import CSV, csv_row
from .file_names import file_stem

_SENT = tuple(BY_KEY[f"sent{name}Messages"] for name in ("", *(name for name, _ in ROOM_KIND_NAMES.values())))


@dataclass(frozen=True, slots=True)
class File:
    """The name of a file, and its content."""

    name: str
    content: Iterable[bytes]
    media_type: str = CSV.media_type


def activity_file(parameters: Mapping[str, str], kind: Activity, history_range: HistoryRange) -> File:
    """Return the file of the chart or table that the parameter `show` names; errors: ParameterError."""
    metrics = _metrics_by_name(kind)
    show = choice(parameters, "show", [*metrics, "cohorts", "hours"])
    name = CSV.file_name(file_stem(show, history_range))
    if show == "cohorts":
        cohorts = cohorts_of(history_range)
        return File(name, write_cohorts(cohorts, history_range.zone) if cohorts else ())
    if show == "hours":
        hours = hours_of(history_range)
        return File(name, write_hours(hours, history_range.zone) if hours else ())
    points = series(metrics[show], history_range, SeriesMode.VALUE)
    return File(name, CSV.write_series(points, history_range, SeriesMode.VALUE))


def write_hours(hours: HeatMap, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a header row with the weekdays, then one row per hour, with average numbers of messages."""
    yield csv_row([f"hour in {zone.key}", *WEEKDAYS])
    for hour in range(HOURS):
        yield csv_row([f"{hour:02}:00", *hours.averages[hour::HOURS]])


def write_cohorts(cohorts: Cohorts, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield a header row, then one row per month: how many people wrote first in it, and how many of them in each later one."""
    later = [f"wrote {n} month{'s' if n > 1 else ''} later" for n in range(1, len(cohorts.months))]
    yield csv_row([f"month in {zone.key}", "wrote first", *later])
    for month, people in zip(cohorts.months, cohorts.people, strict=True):
        yield csv_row([f"{month.astimezone(zone):%Y-%m}", *people])


def _metrics_by_name(kind: Activity) -> dict[str, tuple[Metric, ...]]:
    metrics = activity_metrics(kind)
    return {
        "people": (metrics.people, metrics.machines),
        "windows": metrics.windows,
        "movement": (*metrics.came, metrics.gone),
        "stickiness": (metrics.stickiness,),
        "messages": _SENT,
        "per-person": (metrics.per_person,),
    }
