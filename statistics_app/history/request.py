"""A question to the history, as query strings ask it: which metrics, of which time, in which steps, shown how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..conf import setting
from ..exceptions import ParameterError
from ..http.query_parameters import choice, moment, parse_moment, whole_number, zone
from ..models import Snapshot
from .metric import Metric
from .metrics import BY_KEY
from .points import HistoryRange
from .series import SeriesMode
from .steps import SHORTEST, Step, chosen_step

AUTO = "auto"
NOW = "now"
DEFAULT_POINTS = 500
MOST_POINTS = 10_000
DEFAULT_SPAN = timedelta(days=30)
YEARS = (1900, 2200)


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """Which metrics, of which time, shown how."""

    metrics: tuple[Metric, ...]
    range: HistoryRange
    mode: SeriesMode

    @classmethod
    def parse(cls, parameters: Mapping[str, str], now: datetime) -> "HistoryRequest":
        """Read a request's parameters; errors: ParameterError."""
        until = _moment(parameters, "until") or now
        return cls.within(_moment(parameters, "since") or until - DEFAULT_SPAN, until, parameters)

    @classmethod
    def within(cls, since: datetime, until: datetime, parameters: Mapping[str, str]) -> "HistoryRequest":
        """Read the other parameters for a range that is known; errors: ParameterError."""
        if since >= until:
            raise ParameterError(f"'since' has to be before 'until', which is {until:%Y-%m-%dT%H:%M:%SZ}.")
        return cls(
            metrics=_metrics(parameters.get("metrics", "totalMessages")),
            range=HistoryRange(since, until, _step(parameters, since, until), zone(parameters, "tz")),
            mode=SeriesMode(choice(parameters, "as", [*SeriesMode])),
        )


def snapshot_at(
    parameters: Mapping[str, str], name: str, default: datetime, now: datetime, *, or_first: bool = False
) -> Snapshot:
    """Find the snapshot that a parameter names, or the first where the history is shorter; errors: ParameterError."""
    written = parameters.get(name)
    known = Snapshot.objects.filter(pk=written).first() if written and written.isalnum() else None
    if known is not None:
        return known
    at = now if written == NOW else parse_moment(written, f"'{name}'") if written is not None else default
    found = Snapshot.objects.up_to(at).newest_first().first()
    if found is None and or_first:
        found = Snapshot.objects.newest_first().last()
    if found is None:
        raise ParameterError(f"'{name}': there is no snapshot of {at:%Y-%m-%dT%H:%M:%SZ} or before.")
    return found


def _moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    """Read a time of these centuries: at the edges of the calendar there are no steps before and after."""
    at = moment(parameters, name)
    return at and require_year(at, name)


def require_year(at: datetime, name: str) -> datetime:
    """Return a moment that is in the years that the history knows; errors: ParameterError."""
    if not YEARS[0] <= at.year < YEARS[1]:
        raise ParameterError(f"'{name}' has to be in the years from {YEARS[0]} to {YEARS[1] - 1}.")
    return at


def _metrics(written: str) -> tuple[Metric, ...]:
    keys = [key.strip() for key in written.split(",")]
    for key in keys:
        if key not in BY_KEY:
            raise ParameterError(f"'metrics' does not know '{key[:60]}'; it knows {', '.join(BY_KEY)}.")
    return tuple(BY_KEY[key] for key in dict.fromkeys(keys))


def _step(parameters: Mapping[str, str], since: datetime, until: datetime) -> Step:
    chosen = choice(parameters, "step", [AUTO, *Step])
    points = whole_number(parameters, "points", DEFAULT_POINTS)
    if not 0 < points <= MOST_POINTS:
        raise ParameterError(f"'points' has to be from 1 to {MOST_POINTS}.")
    if chosen == AUTO:
        return chosen_step(since, until, points, timedelta(seconds=setting("INTERVAL")))
    if (until - since) / SHORTEST[Step(chosen)] > MOST_POINTS:
        raise ParameterError(f"'step' would be more than {MOST_POINTS:,} points: choose a longer one, or a shorter range.")
    return Step(chosen)
