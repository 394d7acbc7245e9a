"""The form of the history page: read from a query string, rendered by the template, written to query strings."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext

from ..catalogue.statistic import Group
from ..exceptions import ParameterError
from ..history.metric import Metric
from ..history.metrics import BY_KEY, METRICS
from ..history.points import HistoryRange
from ..history.request import AUTO, HistoryRequest, require_year
from ..history.series import SeriesMode
from ..history.spans import SPANS, Earlier
from ..history.steps import Step
from ..http.query_parameters import require_choice
from ..texts import gettext_noop as _
from .range_form import RangeForm

_DEFAULT_METRICS = ("totalUsers", "totalMessages")
_SETS = {
    _("Messages by kind"): ("sentChannelMessages", "sentPrivateGroupMessages", "sentDirectMessages", "sentLivechatMessages"),
    _("People"): ("totalUsers", "newUsers", "activeUsersDaily", "activeUsersWeekly", "activeUsersMonthly"),
    _("Presence"): ("onlineUsers", "awayUsers", "busyUsers"),
    _("Storage"): ("uploadsTotal", "uploadsTotalSize", "newUploads", "newUploadBytes"),
    _("Server"): ("os.freemem", "os.loadavg.0", "os.loadavg.1", "os.loadavg.2", "instanceCount"),
}
_GROUPS = list(Group)
_ORDERED_METRICS = sorted(METRICS, key=lambda metric: _GROUPS.index(metric.group))
_POSITIONS = {metric.key: position for position, metric in enumerate(_ORDERED_METRICS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryForm(RangeForm):
    """The fields of a time range, the metrics, how they are shown, and what they are compared with."""

    metrics: tuple[str, ...]
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
            mode=query.get("as") or SeriesMode.VALUE,
            compare=query.get("compare", ""),
            **cls.range_fields(query, default_zone),
        )

    def request(self, now: datetime) -> HistoryRequest:
        """Return the validated request for the history; errors: ParameterError."""
        since, until = self.moments(now)
        if not self.metrics:
            raise ParameterError(_("'metrics' has to name one at least."))
        parameters = {"metrics": ",".join(self.metrics), "step": self.step, "tz": self.tz, "as": self.mode}
        return HistoryRequest.within(since, until, parameters)

    def earlier(self, shown: HistoryRange) -> HistoryRange | None:
        """Return the earlier time range that the one shown is compared with, if any; errors: ParameterError."""
        if not self.compare:
            return None
        require_choice(self.compare, "compare", list(Earlier))
        require_year(shown.since - 2 * max(shown.until - shown.since, SPANS["1y"]), "compare")
        return Earlier(self.compare).range(shown, self.period)

    @property
    def own_fields(self) -> dict[str, str]:
        """The fields besides the time range, as they are in a query string."""
        fields = {"metrics": ",".join(self.metrics), "as": self.mode}
        return {**fields, "compare": self.compare} if self.compare else fields

    @property
    def groups(self) -> Iterator[tuple[Group, list[tuple[Metric, bool]], bool]]:
        """Yield all metrics by group, each with whether it is selected, and whether the group is open.

        Open groups are those with a selected metric, so that it is in sight; all are if none is selected.
        """
        for group, metrics in groupby(_ORDERED_METRICS, key=lambda metric: metric.group):
            listed = [(metric, metric.key in self.metrics) for metric in metrics]
            yield group, listed, not self.chosen or any(is_chosen for _, is_chosen in listed)

    @property
    def sets(self) -> list[tuple[str, str, bool]]:
        """Return the sets of metrics: their names, the query strings that select them, and whether they are selected."""
        return [
            (gettext(name), replace(self, metrics=metrics).query_string, set(metrics) == set(self.metrics))
            for name, metrics in _SETS.items()
        ]

    @property
    def chosen(self) -> list[Metric]:
        """Return the selected metrics, without unknown keys."""
        return [BY_KEY[key] for key in self.metrics if key in BY_KEY]

    @property
    def comparisons(self) -> list[tuple[Earlier, bool]]:
        """Return all earlier times to compare with, each with whether it is selected."""
        return [(earlier, earlier == self.compare) for earlier in Earlier]

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """Return all steps, each with whether it is selected."""
        return [(step, step == self.step) for step in (AUTO, *Step)]


def _position(key: str) -> int:
    """Return the position of a metric in the form, which is also the order of the charts; unknown keys come last."""
    return _POSITIONS.get(key, len(_POSITIONS))
