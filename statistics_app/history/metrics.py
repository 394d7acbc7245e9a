"""All metrics that can be charted: gauges, read from snapshots; events, counted in the chat's tables; and active people."""

from collections.abc import Callable, Iterator, Mapping

from ..catalogue.statistic import Group, Statistic, Unit
from ..catalogue.statistics import CATALOGUE
from ..sources.base import RoomKind
from ..sources.event_kinds import EventKind, removal_of
from ..texts import gettext_noop as _
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
# For each kind of room, its name in keys of metrics.
ROOM_KIND_NAMES = {
    RoomKind.CHANNEL: "Channel",
    RoomKind.PRIVATE_GROUP: "PrivateGroup",
    RoomKind.DIRECT: "Direct",
    RoomKind.LIVECHAT: "Livechat",
}
# The label and the definition of what happens to messages, in all rooms and in each kind.
_Texts = Mapping[RoomKind | None, tuple[str, str]]
_SENT: _Texts = {
    None: (_("Messages sent"), _("Messages sent, including those removed since.")),
    RoomKind.CHANNEL: (_("Messages sent in channels"), _("Messages sent in channels, including those removed since.")),
    RoomKind.PRIVATE_GROUP: (
        _("Messages sent in private groups"),
        _("Messages sent in private groups, including those removed since."),
    ),
    RoomKind.DIRECT: (_("Messages sent in direct rooms"), _("Messages sent in direct rooms, including those removed since.")),
    RoomKind.LIVECHAT: (_("Messages sent in livechat"), _("Messages sent in livechat, including those removed since.")),
}
_REMOVED: _Texts = {
    None: (
        _("Messages removed"),
        _("Messages removed at that time, whenever they were sent; less those restored."),
    ),
    RoomKind.CHANNEL: (
        _("Messages removed in channels"),
        _("Messages removed in channels at that time, whenever they were sent; less those restored."),
    ),
    RoomKind.PRIVATE_GROUP: (
        _("Messages removed in private groups"),
        _("Messages removed in private groups at that time, whenever they were sent; less those restored."),
    ),
    RoomKind.DIRECT: (
        _("Messages removed in direct rooms"),
        _("Messages removed in direct rooms at that time, whenever they were sent; less those restored."),
    ),
    RoomKind.LIVECHAT: (
        _("Messages removed in livechat"),
        _("Messages removed in livechat at that time, whenever they were sent; less those restored."),
    ),
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


def _by_room(wire: str, texts: _Texts, key_of: Callable[[str], str]) -> Iterator[Metric]:
    """Yield the metrics of what happens to messages: in all rooms, and in each kind of room."""
    keys = {kind: key_of(EventKind.MESSAGES.of(kind)) for kind in RoomKind}
    yield _event(f"{wire}Messages", *texts[None], Unit.MESSAGES, Group.MESSAGES, *keys.values())
    for kind, name in ROOM_KIND_NAMES.items():
        yield _event(f"{wire}{name}Messages", *texts[kind], Unit.MESSAGES, Group.MESSAGES, keys[kind])


EVENTS = (
    _event("newUsers", _("New users"), _("Accounts created."), Unit.USERS, Group.USERS, EventKind.USERS),
    _event("newRooms", _("New rooms"), _("Rooms created."), Unit.ROOMS, Group.ROOMS, *ROOMS),
    *_by_room("sent", _SENT, str),
    _event(
        "sentThreadMessages",
        _("Messages sent in threads"),
        _("Replies in threads, including those removed since."),
        Unit.MESSAGES,
        Group.MESSAGES,
        EventKind.IN_THREADS,
    ),
    _event(
        "sentDiscussionMessages",
        _("Messages sent in discussions"),
        _("Messages sent in discussions, including those removed since."),
        Unit.MESSAGES,
        Group.MESSAGES,
        EventKind.IN_DISCUSSIONS,
    ),
    *_by_room("removed", _REMOVED, removal_of),
    _event("newUploads", _("New files"), _("Files uploaded."), Unit.FILES, Group.FILES, EventKind.UPLOADS),
    _event(
        "newUploadBytes",
        _("Size of new files"),
        _("Total size of the files uploaded, in bytes."),
        Unit.BYTES,
        Group.FILES,
        EventKind.BYTES,
    ),
)


def _people(key: str, label: str, definition: str) -> Metric:
    return Metric(key, label, definition, Unit.USERS, Group.USERS, MetricKind.PEOPLE, read_active)


PEOPLE = (
    _people(
        ACTIVE_PEOPLE,
        _("Active people"),
        _("Different people who wrote at least one message in the step, removed since or not; bots and apps are not included."),
    ),
    _people(
        "activeUsersDaily",
        _("Active people, daily"),
        _(
            "Different people who wrote at least one message in the day with which the step ends; "
            "bots and apps are not included."
        ),
    ),
    _people(
        "activeUsersWeekly",
        _("Active people, weekly"),
        _(
            "Different people who wrote at least one message in the seven days with which the step ends; "
            "bots and apps are not included."
        ),
    ),
    _people(
        "activeUsersMonthly",
        _("Active people, monthly"),
        _(
            "Different people who wrote at least one message in the 28 days with which the step ends; "
            "bots and apps are not included."
        ),
    ),
    _people(
        "presentUsersDaily",
        _("People present, daily"),
        _(
            "Different people who wrote, read a room or signed in, in the day with which the step ends, as far as the chat "
            "still knew it when it was asked; bots and apps are not included."
        ),
    ),
    _people(
        "presentUsersWeekly",
        _("People present, weekly"),
        _(
            "Different people who wrote, read a room or signed in, in the seven days with which the step ends, as far as the "
            "chat still knew it when it was asked; bots and apps are not included."
        ),
    ),
    _people(
        "presentUsersMonthly",
        _("People present, monthly"),
        _(
            "Different people who wrote, read a room or signed in, in the 28 days with which the step ends, as far as the chat "
            "still knew it when it was asked; bots and apps are not included."
        ),
    ),
    _people(ACTIVE_BOTS, _("Active bots and apps"), _("Different bots and apps that wrote at least one message in the step.")),
)
GAUGES = tuple(metric for statistic in CATALOGUE for metric in _gauges(statistic) if not statistic.alias_of)
METRICS = (*GAUGES, *EVENTS, *PEOPLE)
BY_KEY = {metric.key: metric for metric in METRICS}
SENT_BY_KIND = tuple(BY_KEY[f"sent{name}Messages"] for name in ROOM_KIND_NAMES.values())
