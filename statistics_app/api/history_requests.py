"""What `statistics.history` and `statistics.compare` may be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from ..conf import setting
from ..exceptions import ParameterError
from ..history.metrics import BY_KEY, METRICS, Metric
from ..history.series import Range, Shown
from ..history.steps import SHORTEST, Step, chosen_step
from ..models import Snapshot
from .described import Parameter
from .reading_requests import choice, moment, parse_moment, whole_number

AUTO = "auto"
NOW = "now"
DEFAULT_POINTS = 500
MOST_POINTS = 10_000
DEFAULT_SPAN = timedelta(days=30)
YEARS = (1900, 2200)
FORMATS = ("json", "csv", "jsonl")
_TIME = {"type": "string", "format": "date-time"}

HISTORY = (
    Parameter(
        "metrics",
        f"Which metrics, by comma: {', '.join(metric.key for metric in METRICS)}.",
        {"type": "string", "default": "totalMessages"},
        "totalMessages,newUsers",
    ),
    Parameter("since", "The beginning; by default 30 days before the end.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "The end, left out; by default now.", _TIME, "2026-02-01T00:00:00Z"),
    Parameter(
        "step",
        "How long a step is; days, weeks and months are those of the zone. By default the shortest that gives no more than "
        "`points`.",
        {"type": "string", "enum": [AUTO, *Step], "default": AUTO},
        "day",
    ),
    Parameter(
        "points",
        f"How many points are wanted at the most where the step is chosen; at most {MOST_POINTS:,} are given.",
        {"type": "integer", "minimum": 1, "maximum": MOST_POINTS, "default": DEFAULT_POINTS},
        500,
    ),
    Parameter("tz", "The zone, by its IANA name.", {"type": "string", "default": "UTC"}, "Europe/Berlin"),
    Parameter(
        "as",
        "The value itself, or how it differs from the step before.",
        {"type": "string", "enum": [*Shown], "default": Shown.VALUE.value},
        "change",
    ),
    Parameter("format", "How the answer is written.", {"type": "string", "enum": [*FORMATS], "default": "json"}, "csv"),
)
_MOMENT = {"type": "string", "default": NOW}
COMPARISON = (
    Parameter(
        "a",
        "The first moment: a time, of which the latest snapshot up to then is taken, a snapshot's id, or `now`; by default "
        "30 days ago.",
        _MOMENT,
        "2026-01-01T00:00:00Z",
    ),
    Parameter("b", "The second moment, likewise; by default now.", _MOMENT, "now"),
)


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """Which metrics, of which time, shown how."""

    metrics: tuple[Metric, ...]
    range: Range
    shown: Shown
    format: str

    @classmethod
    def parse(cls, parameters: Mapping[str, str], now: datetime) -> "HistoryRequest":
        """Read a request's parameters; errors: ParameterError."""
        until = _moment(parameters, "until") or now
        since = _moment(parameters, "since") or until - DEFAULT_SPAN
        if since >= until:
            raise ParameterError(f"'since' has to be before 'until', which is {until:%Y-%m-%dT%H:%M:%SZ}.")
        return cls(
            metrics=_metrics(parameters.get("metrics", "totalMessages")),
            range=Range(since, until, _step(parameters, since, until), _zone(parameters.get("tz", "UTC"))),
            shown=Shown(choice(parameters, "as", [*Shown])),
            format=choice(parameters, "format", [*FORMATS]),
        )


def snapshot_at(parameters: Mapping[str, str], name: str, default: datetime, now: datetime) -> Snapshot:
    """Find the snapshot that a parameter names; errors: ParameterError."""
    written = parameters.get(name)
    known = Snapshot.objects.filter(pk=written).first() if written and written.isalnum() else None
    if known is not None:
        return known
    at = now if written == NOW else parse_moment(written, f"'{name}'") if written is not None else default
    found = Snapshot.objects.up_to(at).newest_first().first()
    if found is None:
        raise ParameterError(f"'{name}': there is no snapshot of {at:%Y-%m-%dT%H:%M:%SZ} or before.")
    return found


def _moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    """Read a time of these centuries: at the edges of the calendar there are no steps before and after."""
    at = moment(parameters, name)
    if at is not None and not YEARS[0] <= at.year < YEARS[1]:
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


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> ZoneInfo:
    if name not in _zones():
        raise ParameterError(f"'tz' has to be a zone's IANA name such as Europe/Berlin, not '{name[:60]}'.")
    return ZoneInfo(name)
