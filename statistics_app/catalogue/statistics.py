"""The list of statistics, one entry each, in the order in which they appear on the wire."""

from ..sources.base import Presence, RoomKind, UserType
from . import entries, measures
from .measures import Measure, as_is, of_kind
from .statistic import Aggregate, AnsweredBy, Group, Part, Statistic, Unit

_CHANNEL, _PRIVATE, _DIRECT, _LIVECHAT = (
    of_kind(kind) for kind in (RoomKind.CHANNEL, RoomKind.PRIVATE_GROUP, RoomKind.DIRECT, RoomKind.LIVECHAT)
)


def _with_presence(*presence: Presence) -> Measure:
    return measures.users(presence=presence)


CATALOGUE = (
    entries.snapshot("_id", "id", "Snapshot", "The id of the snapshot: 17 characters, up to 24 if imported.", Unit.TEXT),
    entries.installation("uniqueId", "unique_id", "Installation", "The permanent id of this installation.", Unit.TEXT),
    entries.installation("installedAt", "installed_at", "Installed", "When this installation was created.", Unit.TIME),
    entries.installation(
        "version", "version", "Version", "The version of the statistics app; if imported, of the other server.", Unit.TEXT
    ),
    entries.users("totalUsers", measures.users(), "Users", "All accounts."),
    entries.users("activeUsers", measures.users(active=True), "Enabled accounts", "Accounts that are not deactivated."),
    entries.users("nonActiveUsers", measures.users(active=False), "Deactivated accounts", "Accounts that are deactivated."),
    entries.users(
        "onlineUsers", _with_presence(Presence.ONLINE), "Online", "Accounts whose presence is online.", entries.PRESENCE
    ),
    entries.users("awayUsers", _with_presence(Presence.AWAY), "Away", "Accounts whose presence is away.", entries.PRESENCE),
    entries.users("busyUsers", _with_presence(Presence.BUSY), "Busy", "Accounts whose presence is busy.", entries.PRESENCE),
    entries.users(
        "offlineUsers", _with_presence(Presence.OFFLINE), "Offline", "Accounts with no other presence.", entries.PRESENCE
    ),
    entries.users(
        "totalConnectedUsers",
        _with_presence(Presence.ONLINE, Presence.AWAY),
        "Connected",
        "Accounts whose presence is online or away.",
        entries.PRESENCE,
    ),
    entries.users("appUsers", measures.users(type=UserType.APP), "Apps", "App accounts.", entries.TYPES),
    entries.users("botUsers", measures.users(type=UserType.BOT), "Bots", "Bot accounts.", entries.TYPES),
    entries.users(
        "activeGuests",
        measures.users(active=True, type=UserType.GUEST),
        "Enabled guests",
        "Guest accounts that are not deactivated.",
        entries.TYPES,
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
        needs=(*entries.OF_USERS, "user_table.language"),
    ),
    entries.rooms("totalRooms", measures.rooms, "Rooms", "All rooms, of whatever kind."),
    entries.rooms("totalChannels", _CHANNEL, "Channels", "Public rooms."),
    entries.rooms("totalPrivateGroups", _PRIVATE, "Private groups", "Rooms that are open to invited users only."),
    entries.rooms("totalDirect", _DIRECT, "Direct rooms", "Rooms for direct messages."),
    entries.rooms(
        "totlalLivechat",
        _LIVECHAT,
        "Livechat rooms",
        "Livechat rooms, under the misspelled key of the original API.",
        "totalLivechat",
    ),
    entries.rooms("totalLivechat", _LIVECHAT, "Livechat rooms", "Livechat rooms."),
    entries.messages("totalMessages", measures.total, "Messages", "All messages, including replies in threads."),
    entries.messages("totalChannelMessages", _CHANNEL, "Messages in channels", "Messages in public rooms."),
    entries.messages("totalPrivateGroupMessages", _PRIVATE, "Messages in private groups", "Messages in private groups."),
    entries.messages("totalDirectMessages", _DIRECT, "Messages in direct rooms", "Messages in direct rooms."),
    entries.messages("totalLivechatMessages", _LIVECHAT, "Messages in livechat", "Messages in livechat rooms."),
    entries.messages(
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
        needs=(*entries.OF_MESSAGES, entries.DISCUSSION),
    ),
    entries.messages(
        "totalDiscussionsMessages",
        measures.amount,
        "Messages in discussions",
        "Messages in rooms that have a parent room.",
        entries.DISCUSSION,
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
        needs=(*entries.OF_MESSAGES, "message_table.pinned"),
    ),
    entries.messages("totalPinned", as_is, "Pinned messages", "Pinned messages.", "message_table.pinned", question="pinned"),
    entries.uploads("uploadsTotal", measures.count, "Files", "Uploaded files.", Unit.FILES),
    entries.uploads(
        "uploadsTotalSize", measures.amount, "Size of files", "The size of all uploaded files, in bytes.", Unit.BYTES
    ),
    Statistic(
        "teams",
        AnsweredBy.CHAT,
        "teams",
        measures.teams,
        "Teams",
        "The number of teams, of rooms in teams, and of those of these rooms that new members join by default.",
        Unit.OBJECT,
        Group.ROOMS,
        needs=(*entries.OF_ROOMS, "room_table.team"),
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
        needs=(*entries.OF_ROOMS, "room_table.team"),
        alias_of="teams",
    ),
    entries.latest(
        "lastLogin",
        "last_login",
        "Last login",
        "The latest login of any user.",
        *(*entries.OF_USERS, "user_table.last_login"),
        empty="nobody has logged in yet",
    ),
    entries.latest(
        "lastMessageSentAt",
        "last_message",
        "Last message",
        "When the latest message was sent.",
        *entries.OF_MESSAGES,
        empty="there is no message",
    ),
    entries.latest(
        "lastSeenSubscription",
        "last_seen",
        "Last read",
        "The latest time that any user read a room.",
        "subscription_table",
        empty="nobody has read a room yet",
    ),
    entries.server(
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
    entries.server("process", "Process", "The process that took the snapshot: runtime, process id, uptime in seconds."),
    entries.server("deploy", "Deployment", "How this workspace was deployed, from the settings."),
    entries.server("migration", "Schema", "The number of applied migrations, and whether any is not applied yet."),
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
    entries.snapshot("createdAt", "created_at", "Taken", "When the snapshot was taken."),
    entries.snapshot("_updatedAt", "created_at", "Updated", "When the snapshot was taken; a snapshot never changes."),
)

BY_KEY = {statistic.key: statistic for statistic in CATALOGUE}


def questions(answered_by: AnsweredBy) -> list[str]:
    """Return the distinct questions to one of those who answer, in the order in which they are first needed."""
    asked = (statistic for statistic in CATALOGUE if statistic.answered_by is answered_by)
    return list(dict.fromkeys(question for statistic in asked for question in statistic.questions))
