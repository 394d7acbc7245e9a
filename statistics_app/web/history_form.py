"""The form of the history page: read from a query string, rendered by the template, written to query strings."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict

from ..catalogue.statistic import Group
from ..exceptions import ParameterError
from ..history.coverage import known_since
from ..history.metric import Metric
from ..history.metrics import BY_KEY, METRICS
from ..history.points import HistoryRange
from ..history.request import AUTO, YEARS, HistoryRequest, require_year
from ..history.series import SeriesMode
from ..history.spans import SPANS, Earlier, Period
from ..history.steps import Step
from ..http.query_parameters import parse_moment, zone

_MIN_LENGTH = timedelta(hours=1)
_DEFAULT_METRICS = ("totalUsers", "totalMessages")
_GROUPS = list(Group)
_ORDERED_METRICS = sorted(METRICS, key=lambda metric: _GROUPS.index(metric.group))
_POSITIONS = {metric.key: position for position, metric in enumerate(_ORDERED_METRICS)}
_EARLIEST = datetime(YEARS[0], 1, 1, tzinfo=UTC)


class Span(StrEnum):
    """The time range of the charts; CUSTOM stands for a start and an end that the reader enters."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "1y"
    ALL = "all"
    CUSTOM = "custom"

    @property
    def label(self) -> str:
        """Return the text of the range's button."""
        return {Span.ALL: "All", Span.CUSTOM: "From – to"}.get(self, f"{self.value[:-1]} {self.value[-1]}")


@dataclass(frozen=True, slots=True)
class HistoryForm:
    """The form's fields as unvalidated text, so that invalid values can be shown and corrected."""

    metrics: tuple[str, ...]
    range: str
    since: str
    until: str
    step: str
    tz: str
    mode: str
    compare: str = ""

    @classmethod
    def read(cls, query: QueryDict, default_zone: ZoneInfo) -> "HistoryForm":
        """Read the query string; absent fields have their defaults."""
        listed = (key.strip() for text in query.getlist("metrics") for key in text.split(","))
        keys = dict.fromkeys(key for key in listed if key)
        # A submitted form without any metric still has its other fields, such as `step`.
        return cls(
            metrics=tuple(sorted(keys, key=_position) or (() if "step" in query else _DEFAULT_METRICS)),
            range=query.get("range") or (Span.CUSTOM if "since" in query else Span.MONTH),
            since=query.get("since", ""),
            until=query.get("until", ""),
            step=query.get("step") or AUTO,
            tz=query.get("tz") or default_zone.key,
            mode=query.get("as") or SeriesMode.VALUE,
            compare=query.get("compare", ""),
        )

    def request(self, now: datetime) -> HistoryRequest:
        """Return the validated request for the history; errors: ParameterError."""
        if self.range not in [*Span, *Period]:
            raise ParameterError(f"'range' must be one of {', '.join([*Span, *Period])}, not '{self.range[:60]}'.")
        if not self.metrics:
            raise ParameterError("'metrics' has to name one at least.")
        since, until = self._moments(now)
        parameters = {"metrics": ",".join(self.metrics), "step": self.step, "tz": self.tz, "as": self.mode}
        return HistoryRequest.within(since, until, parameters)

    def earlier(self, shown: HistoryRange) -> HistoryRange | None:
        """Return the earlier time range that the one shown is compared with, if any; errors: ParameterError."""
        if not self.compare:
            return None
        if self.compare not in list(Earlier):
            raise ParameterError(f"'compare' must be one of {', '.join(Earlier)}, not '{self.compare[:60]}'.")
        require_year(shown.since - 2 * max(shown.until - shown.since, SPANS["1y"]), "compare")
        period = Period(self.range) if self.range in list(Period) else None
        return Earlier(self.compare).range(shown, period)

    def _moments(self, now: datetime) -> tuple[datetime, datetime]:
        if self.range == Span.CUSTOM:
            # In an hour that is repeated when clocks go back, the end is the later of the two times.
            until = _with_zone(self.until, "until", self._zone, later=True) if self.until else now
            return _with_zone(self.since, "since", self._zone), until
        if self.range in list(Period):
            since, until = Period(self.range).range(now, self._zone)
            return since, max(until, since + _MIN_LENGTH)
        default = now - SPANS.get(self.range, SPANS[Span.MONTH])
        since = (known_since() if self.range == Span.ALL else None) or default
        return min(max(since, _EARLIEST), now - _MIN_LENGTH), now

    @property
    def _zone(self) -> ZoneInfo:
        return zone({"tz": self.tz}, "tz")

    @property
    def query_string(self) -> str:
        """Return the query string that shows the same charts to another reader."""
        fields = {"metrics": ",".join(self.metrics), "range": self.range, "step": self.step, "tz": self.tz, "as": self.mode}
        if self.range == Span.CUSTOM:
            fields |= {"since": self.since, "until": self.until}
        if self.compare:
            fields["compare"] = self.compare
        return urlencode(fields, safe=",/:")

    @property
    def groups(self) -> Iterator[tuple[Group, list[tuple[Metric, bool]]]]:
        """Yield all metrics by group, each with whether it is selected."""
        for group, metrics in groupby(_ORDERED_METRICS, key=lambda metric: metric.group):
            yield group, [(metric, metric.key in self.metrics) for metric in metrics]

    @property
    def chosen(self) -> list[Metric]:
        """Return the selected metrics, without unknown keys."""
        return [BY_KEY[key] for key in self.metrics if key in BY_KEY]

    @property
    def ranges(self) -> list[tuple[Span | Period, bool]]:
        """Return all lengths of time, and the period of the calendar that is selected, each with whether it is selected."""
        periods = [period for period in Period if period == self.range]
        return [(span, span == self.range) for span in (*Span, *periods)]

    @property
    def periods(self) -> list[tuple[Period, str]]:
        """Return the periods of the calendar, each with the query string that shows the same charts of that period."""
        return [(period, replace(self, range=period).query_string) for period in Period]

    @property
    def comparisons(self) -> list[tuple[Earlier, bool]]:
        """Return all earlier times to compare with, each with whether it is selected."""
        return [(earlier, earlier == self.compare) for earlier in Earlier]

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """Return all steps, each with whether it is selected."""
        return [(step, step == self.step) for step in (AUTO, *Step)]


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as local time in the format of a `datetime-local` field."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _position(key: str) -> int:
    """Return the position of a metric in the form, which is also the order of the charts; unknown keys come last."""
    return _POSITIONS.get(key, len(_POSITIONS))


def _with_zone(text: str, name: str, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """Parse a local time of the zone, or a time with a UTC offset; errors: ParameterError."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return require_year(_local_moment(moment, zone, later=later), name)
    except (ValueError, OverflowError):
        pass
    return require_year(parse_moment(text, f"'{name}'"), name)


def _local_moment(moment: datetime, zone: ZoneInfo, *, later: bool) -> datetime:
    """Return the moment of a local time; for a time that occurs twice, the first or, if `later`, the second."""
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(first, second) if later else first
