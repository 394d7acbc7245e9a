"""Parsing of history requests: the metrics, time range, step and mode that a query string selects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..conf import setting
from ..exceptions import ParameterError
from ..http.query_parameters import choice, moment, whole_number, zone
from ..texts import gettext_noop as _
from .metric import Metric
from .metrics import BY_KEY
from .points import HistoryRange
from .series import SeriesMode
from .steps import MIN_DURATION, Step, chosen_step

AUTO = "auto"
NOW = "now"
DEFAULT_POINTS = 500
MAX_POINTS = 10_000
DEFAULT_SPAN = timedelta(days=30)
# The first supported year, and the first that is not: at the ends of the calendar there is no previous or next step.
YEARS = (1900, 2200)


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """The metrics, the time range and the mode of a request for series."""

    metrics: tuple[Metric, ...]
    range: HistoryRange
    mode: SeriesMode

    @classmethod
    def parse(cls, parameters: Mapping[str, str], now: datetime) -> "HistoryRequest":
        """Parse the parameters of a request.

        Errors: ParameterError when a parameter is invalid.
        """
        return cls.within(*moments(parameters, now), parameters)

    @classmethod
    def within(cls, since: datetime, until: datetime, parameters: Mapping[str, str]) -> "HistoryRequest":
        """Parse the parameters of a request whose start and end are given.

        Errors: ParameterError when a parameter is invalid.
        """
        return cls(
            range=range_within(since, until, parameters),
            metrics=_metrics(parameters.get("metrics", "totalMessages")),
            mode=SeriesMode(choice(parameters, "as", [*SeriesMode])),
        )


def moments(parameters: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """Parse the start and the end of a range; by default the last 30 days. Errors: ParameterError."""
    until = _moment(parameters, "until") or now
    return _moment(parameters, "since") or until - DEFAULT_SPAN, until


def range_within(
    since: datetime, until: datetime, parameters: Mapping[str, str], steps: Sequence[Step] = tuple(Step)
) -> HistoryRange:
    """Parse the step, which must be one of some, and the time zone of a range whose start and end are given.

    Errors: ParameterError when a parameter is invalid.
    """
    require_order(since, until)
    return HistoryRange(since, until, _step(parameters, since, until, steps), zone(parameters, "tz"))


def require_order(since: datetime, until: datetime) -> None:
    """See that a range begins before it ends. Errors: ParameterError."""
    if since >= until:
        raise ParameterError(_("'since' must be before 'until', which is %(time)s."), time=f"{until:%Y-%m-%dT%H:%M:%SZ}")


def _moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    """Return the time in a parameter, None if it is absent; the year must be in the supported range."""
    at = moment(parameters, name)
    return at and require_year(at, name)


def require_year(at: datetime, name: str) -> datetime:
    """Return a time unchanged if its year is supported.

    Errors: ParameterError when it is not.
    """
    if not YEARS[0] <= at.year < YEARS[1]:
        text = _("'%(name)s' must be in the years from %(first)d to %(last)d.")
        raise ParameterError(text, name=name, first=YEARS[0], last=YEARS[1] - 1)
    return at


def _metrics(text: str) -> tuple[Metric, ...]:
    keys = [key.strip() for key in text.split(",")]
    for key in keys:
        if key not in BY_KEY:
            text = _("'metrics': there is no metric '%(key)s'. The metrics are %(keys)s.")
            raise ParameterError(text, key=key[:60], keys=", ".join(BY_KEY))
    return tuple(BY_KEY[key] for key in dict.fromkeys(keys))


def _step(parameters: Mapping[str, str], since: datetime, until: datetime, steps: Sequence[Step]) -> Step:
    chosen = choice(parameters, "step", [AUTO, *steps])
    points = whole_number(parameters, "points", DEFAULT_POINTS)
    if not 0 < points <= MAX_POINTS:
        raise ParameterError(_("'points' must be from 1 to %(number)d."), number=MAX_POINTS)
    if chosen == AUTO:
        shortest = max(timedelta(seconds=setting("INTERVAL")), MIN_DURATION[steps[0]])
        return chosen_step(since, until, points, shortest)
    if (until - since) / MIN_DURATION[Step(chosen)] > MAX_POINTS:
        text = _("'step' would give more than %(number)s points; choose a longer step or a shorter range.")
        raise ParameterError(text, number=f"{MAX_POINTS:,}")
    return Step(chosen)
