"""The one answer to "how much at a moment": the newest snapshot by then; before the first, what the history knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import router

from ..catalogue.statistics import CATALOGUE
from ..exceptions import ParameterError
from ..http.query_parameters import parse_moment
from ..models import EventCoverage, EventRollup, GaugeRollup, Snapshot
from ..serialization import plain_number
from ..texts import gettext_noop as _
from .metric import Metric
from .metrics import GAUGES
from .points import Certainty
from .request import NOW
from .steps import quarter_of

ONLY_IN_SNAPSHOTS = "Only a snapshot has this value, and there is none from this time."
# A server keeps one document of its statistics a day at least; an imported one says nothing of the time after that.
MOST_APART = timedelta(days=1, hours=1)
UNKNOWN_TIME = _("No data for this time: it is before the first snapshot, and before the chat's counted rows.")
_UNKNOWN_TIME_OF = _("'%(name)s': no data for this time: it is before the first snapshot, and before the chat's counted rows.")


@dataclass(frozen=True, slots=True)
class State:
    """The values at one moment, by wire key: a snapshot's document, or gauges by their dotted keys.

    `created_at` is the time that the values are exact for. `certainty` is None if nothing is known; `problems` has the
    reasons for unknown values, by key.
    """

    created_at: datetime
    document: Mapping[str, Any] = field(default_factory=dict)
    certainty: Certainty | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    snapshot: Snapshot | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> "State":
        """Return the state that a snapshot recorded."""
        return cls(snapshot.created_at, snapshot.document, Certainty.MEASURED, snapshot.problems, snapshot)

    @property
    def pk(self) -> str | None:
        """The id of the snapshot; None if the values come from elsewhere."""
        return self.snapshot.pk if self.snapshot else None

    @property
    def is_known(self) -> bool:
        """Whether at least one value is known."""
        return self.certainty is not None

    @property
    def is_rebuilt(self) -> bool:
        """Whether totals were summed from the chat's events."""
        return self.certainty is Certainty.REBUILT

    def is_of_other_server(self, other: "State") -> bool:
        """Return whether different servers counted at two moments, so that no difference means something."""
        return bool(self.snapshot and other.snapshot and self.snapshot.is_of_other_server(other.snapshot))

    def value_of(self, metric: Metric) -> float | None:
        """Return the value of a gauge; None if it is unknown."""
        if self.snapshot is None:
            return self.document.get(metric.key)
        return metric.value_in(self.document)


def state_at(moment: datetime) -> State:
    """Return the state at a moment: of the newest snapshot at or before it, otherwise from the history.

    Where snapshots were removed, gauges have the last value in their rollups. Totals before these are the sum of all events
    up to the quarter of an hour that the moment is in; so are those more than a day after an imported snapshot, if the events
    are known.
    """
    snapshot = Snapshot.objects.up_to(moment).newest_first().first()
    using = router.db_for_read(GaugeRollup)
    if snapshot is None:
        measured = GaugeRollup.objects.using(using).last_by([metric.key for metric in GAUGES], moment)
        return _from_history(moment, measured, using)
    if snapshot.is_imported and moment - snapshot.created_at > MOST_APART:
        rebuilt = _from_history(moment, {}, using)
        return rebuilt if rebuilt.is_known else State.of(snapshot)
    return State.of(snapshot)


def state_from(parameters: Mapping[str, str], name: str, default: datetime, now: datetime) -> State:
    """Return the state that a parameter selects: a snapshot by its id, or any moment; without it, that of `default`.

    Errors: ParameterError when the parameter is neither the id of a snapshot nor a time.
    """
    text = parameters.get(name)
    snapshot = Snapshot.objects.filter(pk=text).first() if text and text.isalnum() else None
    if snapshot is not None:
        return State.of(snapshot)
    return state_at(now if text == NOW else parse_moment(text, f"'{name}'") if text is not None else default)


def require_known(state: State, name: str) -> State:
    """Return a state unchanged if anything is known of it.

    Errors: ParameterError when nothing is.
    """
    if not state.is_known:
        raise ParameterError(_UNKNOWN_TIME_OF, name=name)
    return state


def _from_history(moment: datetime, measured: Mapping[str, float], using: str) -> State:
    """Return the state of what was measured by a moment, and of the totals that are not among that, rebuilt."""
    at = moment if measured else quarter_of(moment)
    rebuilt = _rebuilt([metric for metric in GAUGES if metric.events and metric.key not in measured], at, using)
    values = {key: plain_number(value) for key, value in {**rebuilt, **measured}.items()}
    reason = ONLY_IN_SNAPSHOTS if values else UNKNOWN_TIME
    problems = {one.key: reason for one in CATALOGUE if one.key not in values}
    if not values:
        return State(moment, problems=problems)
    return State(at, values, Certainty.REBUILT if rebuilt else Certainty.MEASURED, problems)


def _rebuilt(metrics: Sequence[Metric], moment: datetime, using: str) -> dict[str, float]:
    """Return the sums of all events before a moment, less the removals, as charts show them for a step that ends there."""
    coverage = EventCoverage.objects.using(using).first()
    if not metrics or coverage is None or not coverage.is_complete or not coverage.since < moment <= coverage.until:
        return {}
    keys = sorted({key for metric in metrics for key, _ in metric.signed_events})
    sums = EventRollup.objects.using(using).before(keys, moment)
    return {metric.key: float(sum(sign * sums.get(key, 0) for key, sign in metric.signed_events)) for metric in metrics}
