"""All metrics that can be charted: gauges, read from snapshots, and events, counted in the chat's tables."""

from collections.abc import Iterator

from ..catalogue.statistic import Group, Statistic, Unit
from ..catalogue.statistics import CATALOGUE
from ..sources.base import EventKind, RoomKind
from .event_points import read_events
from .gauge_points import read_gauges
from .metric import Metric, MetricKind

MESSAGES = tuple(EventKind.MESSAGES.of(kind) for kind in RoomKind)
ROOMS = tuple(EventKind.ROOMS.of(kind) for kind in RoomKind)

# For each kind of room, the keys of the number of rooms and of the messages in them.
ROOM_KIND_TOTALS = {
    RoomKind.CHANNEL: ("totalChannels", "totalChannelMessages"),
    RoomKind.PRIVATE_GROUP: ("totalPrivateGroups", "totalPrivateGroupMessages"),
    RoomKind.DIRECT: ("totalDirect", "totalDirectMessages"),
    RoomKind.LIVECHAT: ("totalLivechat", "totalLivechatMessages"),
}
# The events that add up to the value of a gauge.
_SUM_OF: dict[str, tuple[str, ...]] = {
    "totalUsers": (EventKind.USERS,),
    "totalRooms": ROOMS,
    "totalMessages": MESSAGES,
    "uploadsTotal": (EventKind.UPLOADS,),
    "uploadsTotalSize": (EventKind.BYTES,),
    **{rooms: (EventKind.ROOMS.of(kind),) for kind, (rooms, _) in ROOM_KIND_TOTALS.items()},
    **{messages: (EventKind.MESSAGES.of(kind),) for kind, (_, messages) in ROOM_KIND_TOTALS.items()},
}


def _gauges(statistic: Statistic) -> Iterator[Metric]:
    if statistic.charted:
        events = _SUM_OF.get(statistic.key, ())
        yield Metric(
            statistic.key,
            statistic.label,
            statistic.definition,
            statistic.unit,
            statistic.group,
            MetricKind.GAUGE,
            read_gauges,
            events,
        )
    for part in statistic.parts:
        key = f"{statistic.key}.{part.path}"
        yield Metric(key, part.label, part.definition, part.unit, statistic.group, MetricKind.GAUGE, read_gauges)


def _event(key: str, label: str, definition: str, unit: Unit, group: Group, *events: str) -> Metric:
    return Metric(key, label, definition, unit, group, MetricKind.EVENT, read_events, events)


def _sent(key: str, where: str, kind: RoomKind) -> Metric:
    definition = f"Messages sent {where}, not counting those deleted since."
    return _event(key, f"Sent {where}", definition, Unit.MESSAGES, Group.MESSAGES, EventKind.MESSAGES.of(kind))


EVENTS = (
    _event("newUsers", "New users", "Accounts created.", Unit.USERS, Group.USERS, EventKind.USERS),
    _event("newRooms", "New rooms", "Rooms created.", Unit.ROOMS, Group.ROOMS, *ROOMS),
    _event(
        "sentMessages",
        "Sent",
        "Messages sent, not counting those deleted since.",
        Unit.MESSAGES,
        Group.MESSAGES,
        *MESSAGES,
    ),
    _sent("sentChannelMessages", "in channels", RoomKind.CHANNEL),
    _sent("sentPrivateGroupMessages", "in private groups", RoomKind.PRIVATE_GROUP),
    _sent("sentDirectMessages", "in direct rooms", RoomKind.DIRECT),
    _sent("sentLivechatMessages", "in livechat", RoomKind.LIVECHAT),
    _event("newUploads", "New files", "Files uploaded.", Unit.FILES, Group.FILES, EventKind.UPLOADS),
    _event(
        "newUploadBytes",
        "Size of new files",
        "Total size of the files uploaded, in bytes.",
        Unit.BYTES,
        Group.FILES,
        EventKind.BYTES,
    ),
)
GAUGES = tuple(metric for statistic in CATALOGUE for metric in _gauges(statistic) if not statistic.alias_of)
METRICS = (*GAUGES, *EVENTS)
BY_KEY = {metric.key: metric for metric in METRICS}
