"""What a reader chose of the history: read out of an address, shown by the form, written into addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict

from ..catalogue.statistics import Group
from ..exceptions import ParameterError
from ..history.coverage import known_since
from ..history.metric import Metric
from ..history.metrics import BY_KEY, METRICS
from ..history.request import AUTO, YEARS, HistoryRequest, require_year
from ..history.series import SeriesMode
from ..history.spans import SPANS
from ..history.steps import Step
from ..http.query_parameters import parse_moment, zone

_SHORTEST = timedelta(hours=1)
_AT_FIRST = ("totalUsers", "totalMessages")
_GROUPS = list(Group)
_OFFERED = sorted(METRICS, key=lambda one: _GROUPS.index(one.group))
_PLACES = {metric.key: place for place, metric in enumerate(_OFFERED)}
_EARLIEST = datetime(YEARS[0], 1, 1, tzinfo=UTC)


class Span(StrEnum):
    """How far back the charts go; FROM_TO is from one moment to another."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "1y"
    ALL = "all"
    FROM_TO = "custom"

    @property
    def label(self) -> str:
        """What stands on its button."""
        return {Span.ALL: "All", Span.FROM_TO: "From – to"}.get(self, f"{self.value[:-1]} {self.value[-1]}")


@dataclass(frozen=True, slots=True)
class HistoryForm:
    """The fields as texts; what cannot be used is kept, so that it can be mended."""

    metrics: tuple[str, ...]
    range: str
    since: str
    until: str
    step: str
    tz: str
    mode: str

    @classmethod
    def read(cls, query: QueryDict, readers: ZoneInfo) -> "HistoryForm":
        """Read an address; what it does not say is as it is at first."""
        written = (key.strip() for text in query.getlist("metrics") for key in text.split(","))
        keys = dict.fromkeys(key for key in written if key)
        # A form in which no metric is left says all else.
        return cls(
            metrics=tuple(sorted(keys, key=_place) or (() if "step" in query else _AT_FIRST)),
            range=query.get("range") or (Span.FROM_TO if "since" in query else Span.MONTH),
            since=query.get("since", ""),
            until=query.get("until", ""),
            step=query.get("step") or AUTO,
            tz=query.get("tz") or readers.key,
            mode=query.get("as") or SeriesMode.VALUE,
        )

    def request(self, now: datetime) -> HistoryRequest:
        """Turn what was chosen into a question to the history; errors: ParameterError."""
        if self.range not in list(Span):
            raise ParameterError(f"'range' has to be one of {', '.join(Span)}, not '{self.range[:60]}'.")
        if not self.metrics:
            raise ParameterError("'metrics' has to name one at least.")
        since, until = self._moments(now)
        parameters = {"metrics": ",".join(self.metrics), "step": self.step, "tz": self.tz, "as": self.mode}
        return HistoryRequest.within(since, until, parameters)

    def _moments(self, now: datetime) -> tuple[datetime, datetime]:
        if self.range == Span.FROM_TO:
            # Of an hour that comes twice, the end is the later one.
            until = _with_zone(self.until, "until", self._zone, later=True) if self.until else now
            return _with_zone(self.since, "since", self._zone), until
        back = now - SPANS.get(self.range, SPANS[Span.MONTH])
        since = (known_since() if self.range == Span.ALL else None) or back
        return min(max(since, _EARLIEST), now - _SHORTEST), now

    @property
    def _zone(self) -> ZoneInfo:
        return zone({"tz": self.tz}, "tz")

    @property
    def address(self) -> str:
        """The query string that brings somebody else to what is seen."""
        fields = {"metrics": ",".join(self.metrics), "range": self.range, "step": self.step, "tz": self.tz, "as": self.mode}
        if self.range == Span.FROM_TO:
            fields |= {"since": self.since, "until": self.until}
        return urlencode(fields, safe=",/:")

    @property
    def groups(self) -> Iterator[tuple[Group, list[tuple[Metric, bool]]]]:
        """All metrics by group, with whether they are chosen."""
        for group, metrics in groupby(_OFFERED, key=lambda one: one.group):
            yield group, [(metric, metric.key in self.metrics) for metric in metrics]

    @property
    def chosen(self) -> list[Metric]:
        """The metrics that are chosen and known."""
        return [BY_KEY[key] for key in self.metrics if key in BY_KEY]

    @property
    def ranges(self) -> list[tuple[Span, bool]]:
        """All ranges, with whether they are chosen."""
        return [(span, span == self.range) for span in Span]

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """All steps, with whether they are chosen."""
        return [(step, step == self.step) for step in (AUTO, *Step)]


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as a field for a day and a time takes it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _place(key: str) -> int:
    """Say where a metric is offered: charts stay in that order, whichever is picked first; what nobody knows is last."""
    return _PLACES.get(key, len(_PLACES))


def _with_zone(text: str, name: str, zone: ZoneInfo, *, later: bool = False) -> datetime:
    """Read a time on the zone's clock, or one that says its zone itself; errors: ParameterError."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return require_year(_on_the_clock(moment, zone, later=later), name)
    except (ValueError, OverflowError):
        pass
    return require_year(parse_moment(text, f"'{name}'"), name)


def _on_the_clock(moment: datetime, zone: ZoneInfo, *, later: bool) -> datetime:
    """Give a time of a zone's clock; of one that comes twice the first, or the later."""
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(first, second) if later else first
