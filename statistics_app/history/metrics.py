"""All metrics that can be charted: gauges, read from snapshots; events, counted in the chat's tables; and active people."""

from collections.abc import Callable, Iterator

from ..catalogue.statistic import Group, Statistic, Unit
from ..catalogue.statistics import CATALOGUE
from ..sources.base import RoomKind
from ..sources.event_kinds import EventKind, removal_of
from .active_points import ACTIVE_BOTS, ACTIVE_PEOPLE, read_active
from .event_points import read_events
from .gauge_points import read_gauges
from .metric import Metric, MetricKind

MESSAGES = tuple(EventKind.MESSAGES.of(kind) for kind in RoomKind)
ROOMS = tuple(EventKind.ROOMS.of(kind) for kind in RoomKind if kind is not RoomKind.UNKNOWN)

# For each kind of room that the API distinguishes, the keys of the number of rooms and of the messages in them.
ROOM_KIND_TOTALS = {
    RoomKind.CHANNEL: ("totalChannels", "totalChannelMessages"),
    RoomKind.PRIVATE_GROUP: ("totalPrivateGroups", "totalPrivateGroupMessages"),
    RoomKind.DIRECT: ("totalDirect", "totalDirectMessages"),
    RoomKind.LIVECHAT: ("totalLivechat", "totalLivechatMessages"),
}
# For each kind of room, its name in keys of metrics and in texts.
ROOM_KIND_NAMES = {
    RoomKind.CHANNEL: ("Channel", "in channels"),
    RoomKind.PRIVATE_GROUP: ("PrivateGroup", "in private groups"),
    RoomKind.DIRECT: ("Direct", "in direct rooms"),
    RoomKind.LIVECHAT: ("Livechat", "in livechat"),
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
            statistic.aggregate,
        )
    for part in statistic.parts:
        key = f"{statistic.key}.{part.path}"
        kind, group = MetricKind.GAUGE, statistic.group
        yield Metric(key, part.label, part.definition, part.unit, group, kind, read_gauges, aggregate=part.aggregate)


def _event(key: str, label: str, definition: str, unit: Unit, group: Group, *events: str) -> Metric:
    return Metric(key, label, definition, unit, group, MetricKind.EVENT, read_events, events)


def _by_room(verb: str, definition: str, key_of: Callable[[str], str], wire: str) -> Iterator[Metric]:
    """Yield the metrics of what happens to messages: in all rooms, and in each kind of room."""
    keys = {kind: key_of(EventKind.MESSAGES.of(kind)) for kind in RoomKind}
    yield _event(f"{wire}Messages", f"Messages {verb}", definition.format(""), Unit.MESSAGES, Group.MESSAGES, *keys.values())
    for kind, (name, where) in ROOM_KIND_NAMES.items():
        label, text = f"Messages {verb} {where}", definition.format(f" {where}")
        yield _event(f"{wire}{name}Messages", label, text, Unit.MESSAGES, Group.MESSAGES, keys[kind])


SENT = "Messages sent{}, including those removed since."
REMOVED = "Messages removed{} at that time, whenever they were sent; less those restored."
EVENTS = (
    _event("newUsers", "New users", "Accounts created.", Unit.USERS, Group.USERS, EventKind.USERS),
    _event("newRooms", "New rooms", "Rooms created.", Unit.ROOMS, Group.ROOMS, *ROOMS),
    *_by_room("sent", SENT, str, "sent"),
    _event(
        "sentThreadMessages",
        "Messages sent in threads",
        "Replies in threads, including those removed since.",
        Unit.MESSAGES,
        Group.MESSAGES,
        EventKind.IN_THREADS,
    ),
    _event(
        "sentDiscussionMessages",
        "Messages sent in discussions",
        SENT.format(" in discussions"),
        Unit.MESSAGES,
        Group.MESSAGES,
        EventKind.IN_DISCUSSIONS,
    ),
    *_by_room("removed", REMOVED, removal_of, "removed"),
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


def _people(key: str, label: str, definition: str) -> Metric:
    return Metric(key, label, definition, Unit.USERS, Group.USERS, MetricKind.PEOPLE, read_active)


_WROTE = "Different people who wrote at least one message in the {} with which the step ends; bots and apps are not included."
_PRESENT = (
    "Different people who wrote, read a room or signed in, in the {} with which the step ends, as far as the chat still knew "
    "it when it was asked; bots and apps are not included."
)
PEOPLE = (
    _people(
        ACTIVE_PEOPLE,
        "Active people",
        "Different people who wrote at least one message in the step, removed since or not; bots and apps are not included.",
    ),
    _people("activeUsersDaily", "Active people, daily", _WROTE.format("day")),
    _people("activeUsersWeekly", "Active people, weekly", _WROTE.format("seven days")),
    _people("activeUsersMonthly", "Active people, monthly", _WROTE.format("28 days")),
    _people("presentUsersDaily", "People present, daily", _PRESENT.format("day")),
    _people("presentUsersWeekly", "People present, weekly", _PRESENT.format("seven days")),
    _people("presentUsersMonthly", "People present, monthly", _PRESENT.format("28 days")),
    _people(ACTIVE_BOTS, "Active bots and apps", "Different bots and apps that wrote at least one message in the step."),
)
GAUGES = tuple(metric for statistic in CATALOGUE for metric in _gauges(statistic) if not statistic.alias_of)
METRICS = (*GAUGES, *EVENTS, *PEOPLE)
BY_KEY = {metric.key: metric for metric in METRICS}
SENT_BY_KIND = tuple(BY_KEY[f"sent{name}Messages"] for name, _ in ROOM_KIND_NAMES.values())
