"""The shares of messages that were sent in threads and in discussions, by step."""

from collections.abc import Sequence
from datetime import datetime

from ..catalogue.statistic import Aggregate, Group, Unit
from ..texts import gettext_noop as _
from .event_points import read_events
from .metric import Metric, MetricKind
from .metrics import BY_KEY
from .points import HistoryRange, Point

_SENT = BY_KEY["sentMessages"]


def read_shares(
    metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> dict[Metric, list[Point]]:
    """Return the share in percent in each step; unknown in a step without messages.

    Messages of a room that ceased to be a discussion stay counted as sent in one, wherever they are moved.
    """
    parts = {metric: _PARTS[metric.key] for metric in metrics}
    read = read_events([_SENT, *parts.values()], bounds, history_range)
    return {metric: list(map(_share, read[part], read[_SENT])) for metric, part in parts.items()}


def _share(part: Point, whole: Point) -> Point:
    if part.value is None or not whole.value:
        return Point()
    return Point(min(max(100 * part.value / whole.value, 0.0), 100.0), whole.certainty)


def _metric(key: str, label: str, definition: str) -> Metric:
    kind = MetricKind.GAUGE
    return Metric(key, label, definition, Unit.PERCENT, Group.MESSAGES, kind, read_shares, aggregate=Aggregate.AVERAGE)


MESSAGE_SHARES = (
    _metric("shareInThreads", _("In threads"), _("Replies in threads as a share of the messages sent.")),
    _metric("shareInDiscussions", _("In discussions"), _("Messages in discussions as a share of the messages sent.")),
)
_PARTS = dict(
    zip(
        (metric.key for metric in MESSAGE_SHARES),
        (BY_KEY["sentThreadMessages"], BY_KEY["sentDiscussionMessages"]),
        strict=True,
    )
)
