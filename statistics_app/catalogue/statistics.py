"""The list of statistics, one entry each, in the order in which they appear on the wire."""

from ..sources.base import Presence, RoomKind, UserType
from . import measures
from .measures import Measure, as_is, of_kind
from .statistic import Aggregate, AnsweredBy, Group, Part, Statistic, Unit

_OF_USERS, _OF_ROOMS = ("user_table",), ("room_table",)
_OF_MESSAGES = ("message_table", *_OF_ROOMS)
_PRESENCE, _TYPES, _DISCUSSION = "user_table.presence", "user_table.types", "room_table.discussion"


def _snapshot(key: str, question: str, label: str, definition: str, unit: Unit = Unit.TIME) -> Statistic:
    return Statistic(key, AnsweredBy.RECORD, question, as_is, label, definition, unit, Group.SNAPSHOT)


def _installation(key: str, question: str, label: str, definition: str, unit: Unit) -> Statistic:
    return Statistic(key, AnsweredBy.RECORD, question, as_is, label, definition, unit, Group.INSTALLATION)


def _users(key: str, measure: Measure, label: str, definition: str, *needs: str) -> Statistic:
    return Statistic(
        key,
        AnsweredBy.CHAT,
        "users",
        measure,
        label,
        definition,
        Unit.USERS,
        Group.USERS,
        charted=True,
        # Presence comes and goes within a step; how many accounts there are does not.
        aggregate=Aggregate.AVERAGE if _PRESENCE in needs else Aggregate.LAST,
        needs=(*_OF_USERS, *needs),
    )


def _rooms(key: str, measure: Measure, label: str, definition: str, alias_of: str = "") -> Statistic:
    return Statistic(
        key,
        AnsweredBy.CHAT,
        "rooms",
        measure,
        label,
        definition,
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=_OF_ROOMS,
        alias_of=alias_of,
    )


def _messages(key: str, measure: Measure, label: str, definition: str, *needs: str, question: str = "messages") -> Statistic:
    return Statistic(
        key,
        AnsweredBy.CHAT,
        question,
        measure,
        label,
        definition,
        Unit.MESSAGES,
        Group.MESSAGES,
        charted=True,
        needs=(*_OF_MESSAGES, *needs),
    )


def _uploads(key: str, measure: Measure, label: str, definition: str, unit: Unit) -> Statistic:
    return Statistic(
        key,
        AnsweredBy.CHAT,
        "uploads",
        measure,
        label,
        definition,
        unit,
        Group.FILES,
        charted=True,
        needs=("upload_table",),
    )


def _latest(key: str, question: str, label: str, definition: str, *needs: str, empty: str) -> Statistic:
    return Statistic(
        key,
        AnsweredBy.CHAT,
        question,
        measures.time,
        label,
        definition,
        Unit.TIME,
        Group.ACTIVITY,
        needs=needs,
        empty=empty,
    )


def _server(key: str, label: str, definition: str, *parts: Part) -> Statistic:
    return Statistic(key, AnsweredBy.MACHINE, key, as_is, label, definition, Unit.OBJECT, Group.SERVER, parts=parts)


_CHANNEL, _PRIVATE, _DIRECT, _LIVECHAT = (
    of_kind(kind) for kind in (RoomKind.CHANNEL, RoomKind.PRIVATE_GROUP, RoomKind.DIRECT, RoomKind.LIVECHAT)
)


def _with_presence(*presence: Presence) -> Measure:
    return measures.users(presence=presence)


CATALOGUE = (
    _snapshot("_id", "id", "Snapshot", "The id of the snapshot, 17 characters.", Unit.TEXT),
    _installation("uniqueId", "unique_id", "Installation", "The permanent id of this installation.", Unit.TEXT),
    _installation("installedAt", "installed_at", "Installed", "When this installation was created.", Unit.TIME),
    _installation("version", "version", "Version", "The version of the statistics app.", Unit.TEXT),
    _users("totalUsers", measures.users(), "Users", "All accounts."),
    _users("activeUsers", measures.users(active=True), "Active", "Accounts that are not deactivated."),
    _users("nonActiveUsers", measures.users(active=False), "Deactivated", "Accounts that are deactivated."),
    _users("onlineUsers", _with_presence(Presence.ONLINE), "Online", "Accounts whose presence is online.", _PRESENCE),
    _users("awayUsers", _with_presence(Presence.AWAY), "Away", "Accounts whose presence is away.", _PRESENCE),
    _users("busyUsers", _with_presence(Presence.BUSY), "Busy", "Accounts whose presence is busy.", _PRESENCE),
    _users("offlineUsers", _with_presence(Presence.OFFLINE), "Offline", "Accounts with no other presence.", _PRESENCE),
    _users(
        "totalConnectedUsers",
        _with_presence(Presence.ONLINE, Presence.AWAY),
        "Connected",
        "Accounts whose presence is online or away.",
        _PRESENCE,
    ),
    _users("appUsers", measures.users(type=UserType.APP), "Apps", "App accounts.", _TYPES),
    _users("botUsers", measures.users(type=UserType.BOT), "Bots", "Bot accounts.", _TYPES),
    _users(
        "activeGuests",
        measures.users(active=True, type=UserType.GUEST),
        "Active guests",
        "Guest accounts that are not deactivated.",
        _TYPES,
    ),
    Statistic(
        "userLanguages",
        AnsweredBy.CHAT,
        "user_languages",
        as_is,
        "Languages",
        "Accounts by language; those without one under `none`.",
        Unit.OBJECT,
        Group.USERS,
        needs=(*_OF_USERS, "user_table.language"),
    ),
    _rooms("totalRooms", measures.total, "Rooms", "All rooms of the four kinds."),
    _rooms("totalChannels", _CHANNEL, "Channels", "Public rooms."),
    _rooms("totalPrivateGroups", _PRIVATE, "Private groups", "Rooms that are open to invited users only."),
    _rooms("totalDirect", _DIRECT, "Direct", "Rooms for direct messages."),
    _rooms(
        "totlalLivechat",
        _LIVECHAT,
        "Livechat",
        "Livechat rooms, under the misspelled key of the original API.",
        "totalLivechat",
    ),
    _rooms("totalLivechat", _LIVECHAT, "Livechat", "Livechat rooms."),
    _messages("totalMessages", measures.total, "Messages", "All messages, including replies in threads."),
    _messages("totalChannelMessages", _CHANNEL, "In channels", "Messages in public rooms."),
    _messages("totalPrivateGroupMessages", _PRIVATE, "In private groups", "Messages in private groups."),
    _messages("totalDirectMessages", _DIRECT, "In direct rooms", "Messages in direct rooms."),
    _messages("totalLivechatMessages", _LIVECHAT, "In livechat", "Messages in livechat rooms."),
    _messages(
        "totalThreads",
        as_is,
        "Threads",
        "Distinct messages with at least one reply; the replies themselves are not counted.",
        "message_table.thread_root",
        question="threads",
    ),
    Statistic(
        "totalDiscussions",
        AnsweredBy.CHAT,
        "discussions",
        measures.count,
        "Discussions",
        "Rooms that have a parent room.",
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=(*_OF_MESSAGES, _DISCUSSION),
    ),
    _messages(
        "totalDiscussionsMessages",
        measures.amount,
        "In discussions",
        "Messages in rooms that have a parent room.",
        _DISCUSSION,
        question="discussions",
    ),
    Statistic(
        "totalRoomsWithPinned",
        AnsweredBy.CHAT,
        "rooms_with_pinned",
        as_is,
        "Rooms with pins",
        "Rooms that have at least one pinned message.",
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=(*_OF_MESSAGES, "message_table.pinned"),
    ),
    _messages("totalPinned", as_is, "Pinned", "Pinned messages.", "message_table.pinned", question="pinned"),
    _uploads("uploadsTotal", measures.count, "Files", "Uploaded files.", Unit.FILES),
    _uploads("uploadsTotalSize", measures.amount, "Size of files", "The size of all uploaded files, in bytes.", Unit.BYTES),
    Statistic(
        "teams",
        AnsweredBy.CHAT,
        "teams",
        measures.teams,
        "Teams",
        "The number of teams, of rooms in teams, and of those of these rooms that new members join by default.",
        Unit.OBJECT,
        Group.ROOMS,
        needs=(*_OF_ROOMS, "room_table.team"),
        parts=(
            Part("totalTeams", "Teams", "The number of teams.", Unit.TEAMS),
            Part("totalRoomsInsideTeams", "Rooms in teams", "The number of rooms in teams.", Unit.ROOMS),
            Part(
                "totalDefaultRoomsInsideTeams",
                "Default rooms of teams",
                "The number of rooms in teams that new members of the team join by default.",
                Unit.ROOMS,
                question="default_team_rooms",
                needs=("room_table.team_default",),
            ),
        ),
    ),
    Statistic(
        "roomsInsideTeams",
        AnsweredBy.CHAT,
        "teams",
        measures.amount,
        "Rooms in teams",
        "The number of rooms in teams, as in `teams`.",
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=(*_OF_ROOMS, "room_table.team"),
        alias_of="teams",
    ),
    _latest(
        "lastLogin",
        "last_login",
        "Last login",
        "The latest login of any user.",
        *(*_OF_USERS, "user_table.last_login"),
        empty="nobody has logged in yet",
    ),
    _latest(
        "lastMessageSentAt",
        "last_message",
        "Last message",
        "When the latest message was sent.",
        *_OF_MESSAGES,
        empty="there is no message",
    ),
    _latest(
        "lastSeenSubscription",
        "last_seen",
        "Last read",
        "The latest time that any user read a room.",
        "subscription_table",
        empty="nobody has read a room yet",
    ),
    _server(
        "os",
        "Machine",
        "The operating system, memory, load and cores, in the form of Node's `os` module.",
        Part("freemem", "Free memory", "Memory available to programs.", Unit.BYTES, Aggregate.AVERAGE),
        Part(
            "loadavg.0",
            "Load",
            "Processes that were running or waiting for a core, averaged over a minute.",
            Unit.LOAD,
            Aggregate.AVERAGE,
        ),
        Part(
            "loadavg.1",
            "Load, 5 minutes",
            "Processes that were running or waiting for a core, averaged over 5 minutes.",
            Unit.LOAD,
            Aggregate.AVERAGE,
        ),
        Part(
            "loadavg.2",
            "Load, 15 minutes",
            "Processes that were running or waiting for a core, averaged over 15 minutes.",
            Unit.LOAD,
            Aggregate.AVERAGE,
        ),
    ),
    _server("process", "Process", "The process that took the snapshot: runtime, process id, uptime in seconds."),
    _server("deploy", "Deployment", "How this workspace was deployed, from the settings."),
    _server("migration", "Schema", "The number of applied migrations, and whether any is not applied yet."),
    Statistic(
        "instanceCount",
        AnsweredBy.MACHINE,
        "instanceCount",
        as_is,
        "Instances",
        "Server processes with a recent heartbeat.",
        Unit.INSTANCES,
        Group.SERVER,
        charted=True,
        aggregate=Aggregate.PEAK,
    ),
    _snapshot("createdAt", "created_at", "Taken", "When the snapshot was taken."),
    _snapshot("_updatedAt", "created_at", "Updated", "When the snapshot was taken; a snapshot never changes."),
)

BY_KEY = {statistic.key: statistic for statistic in CATALOGUE}


def questions(answered_by: AnsweredBy) -> list[str]:
    """Return the distinct questions to one of those who answer, in the order in which they are first needed."""
    asked = (statistic for statistic in CATALOGUE if statistic.answered_by is answered_by)
    return list(dict.fromkeys(question for statistic in asked for question in statistic.questions))
