"""The fields of a time range that forms of pages have in common: its length or its ends, its step and its time zone."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext, pgettext

from ..history.coverage import known_since
from ..history.request import AUTO, YEARS, require_year
from ..history.spans import SPANS, Period
from ..http.query_parameters import parse_moment, require_choice, zone, zones

_MIN_LENGTH = timedelta(hours=1)
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
        return {
            # Translators: hours, days and years, as short as possible.
            Span.DAY: gettext("24 h"),
            Span.WEEK: gettext("7 d"),
            Span.MONTH: gettext("30 d"),
            Span.QUARTER: gettext("90 d"),
            Span.YEAR: gettext("1 y"),
            Span.ALL: pgettext("range", "All"),
            Span.CUSTOM: gettext("From – to"),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeForm(ABC):
    """The form's fields as unvalidated text, so that invalid values can be shown and corrected."""

    range: str
    since: str
    until: str
    step: str
    tz: str

    @staticmethod
    def range_fields(query: QueryDict, default_zone: ZoneInfo) -> dict[str, str]:
        """Return the fields of the time range in a query string; absent fields have their defaults."""
        return {
            "range": query.get("range") or (Span.CUSTOM if "since" in query else Span.MONTH),
            "since": query.get("since", ""),
            "until": query.get("until", ""),
            "step": query.get("step") or AUTO,
            "tz": query.get("tz") or default_zone.key,
        }

    def moments(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the start and the end of the time range; errors: ParameterError."""
        require_choice(self.range, "range", [*Span, *Period])
        if self.range == Span.CUSTOM:
            # In an hour that is repeated when clocks go back, the end is the later of the two times.
            until = _with_zone(self.until, "until", self._zone, later=True) if self.until else now
            return _with_zone(self.since, "since", self._zone), until
        if self.period:
            since, until = self.period.range(now, self._zone)
            return since, max(until, since + _MIN_LENGTH)
        default = now - SPANS.get(self.range, SPANS[Span.MONTH])
        since = (known_since() if self.range == Span.ALL else None) or default
        return min(max(since, _EARLIEST), now - _MIN_LENGTH), now

    @property
    def _zone(self) -> ZoneInfo:
        return zone({"tz": self.tz}, "tz")

    def known_zone(self, default: ZoneInfo) -> ZoneInfo:
        """Return the zone of the form, or a default if there is no such zone."""
        return self._zone if self.tz in zones() else default

    @property
    @abstractmethod
    def own_fields(self) -> dict[str, str]:
        """The fields that a form has besides the time range, as they are in a query string."""

    @property
    def all_fields(self) -> dict[str, str]:
        """The fields that show the same charts to another reader, as they are in a query string."""
        fields = {**self.own_fields, "range": self.range, "step": self.step, "tz": self.tz}
        return {**fields, "since": self.since, "until": self.until} if self.range == Span.CUSTOM else fields

    @property
    def query_string(self) -> str:
        """Return the query string that shows the same charts to another reader."""
        return urlencode(self.all_fields, safe=",/:")

    @property
    def spans(self) -> list[tuple[Span, bool]]:
        """Return the lengths of time up to now, each with whether it is selected."""
        return [(span, span == self.range) for span in Span if span is not Span.CUSTOM]

    @property
    def period(self) -> Period | None:
        """Return the period of the calendar that is selected, if any."""
        return Period(self.range) if self.range in list(Period) else None

    @property
    def periods(self) -> list[tuple[Period, str]]:
        """Return the periods of the calendar, each with the query string that shows the same charts of that period."""
        return [(period, replace(self, range=period).query_string) for period in Period]


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as local time in the format of a `datetime-local` field."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


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
