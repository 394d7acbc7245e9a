"""The list of statistics, one entry each, in the order in which they appear on the wire."""

from ..sources.base import Presence, RoomKind, UserType
from ..texts import gettext_noop as _
from . import entries, measures
from .measures import Measure, as_is, of_kind
from .statistic import Aggregate, AnsweredBy, Group, Part, Statistic, Unit

_CHANNEL, _PRIVATE, _DIRECT, _LIVECHAT = (
    of_kind(kind) for kind in (RoomKind.CHANNEL, RoomKind.PRIVATE_GROUP, RoomKind.DIRECT, RoomKind.LIVECHAT)
)


def _with_presence(*presence: Presence) -> Measure:
    return measures.users(presence=presence)


CATALOGUE = (
    entries.snapshot("_id", "id", _("Snapshot"), _("The id of the snapshot: 17 characters, up to 24 if imported."), Unit.TEXT),
    entries.installation("uniqueId", "unique_id", _("Installation"), _("The permanent id of this installation."), Unit.TEXT),
    entries.installation("installedAt", "installed_at", _("Installed"), _("When this installation was created."), Unit.TIME),
    entries.installation(
        "version", "version", _("Version"), _("The version of the statistics app; if imported, of the other server."), Unit.TEXT
    ),
    entries.users("totalUsers", measures.users(), _("Users"), _("All accounts.")),
    entries.users("activeUsers", measures.users(active=True), _("Enabled accounts"), _("Accounts that are not deactivated.")),
    entries.users(
        "nonActiveUsers", measures.users(active=False), _("Deactivated accounts"), _("Accounts that are deactivated.")
    ),
    entries.users(
        "onlineUsers", _with_presence(Presence.ONLINE), _("Online"), _("Accounts whose presence is online."), entries.PRESENCE
    ),
    entries.users(
        "awayUsers", _with_presence(Presence.AWAY), _("Away"), _("Accounts whose presence is away."), entries.PRESENCE
    ),
    entries.users(
        "busyUsers", _with_presence(Presence.BUSY), _("Busy"), _("Accounts whose presence is busy."), entries.PRESENCE
    ),
    entries.users(
        "offlineUsers", _with_presence(Presence.OFFLINE), _("Offline"), _("Accounts with no other presence."), entries.PRESENCE
    ),
    entries.users(
        "totalConnectedUsers",
        _with_presence(Presence.ONLINE, Presence.AWAY),
        _("Connected"),
        _("Accounts whose presence is online or away."),
        entries.PRESENCE,
    ),
    entries.users("appUsers", measures.users(type=UserType.APP), _("Apps"), _("App accounts."), entries.TYPES),
    entries.users("botUsers", measures.users(type=UserType.BOT), _("Bots"), _("Bot accounts."), entries.TYPES),
    entries.users(
        "activeGuests",
        measures.users(active=True, type=UserType.GUEST),
        _("Enabled guests"),
        _("Guest accounts that are not deactivated."),
        entries.TYPES,
    ),
    Statistic(
        "userLanguages",
        AnsweredBy.CHAT,
        "user_languages",
        as_is,
        _("Languages"),
        _("Accounts by language; those without one under `none`."),
        Unit.OBJECT,
        Group.USERS,
        needs=(*entries.OF_USERS, "user_table.language"),
    ),
    entries.rooms("totalRooms", measures.rooms, _("Rooms"), _("All rooms, of whatever kind.")),
    entries.rooms("totalChannels", _CHANNEL, _("Channels"), _("Public rooms.")),
    entries.rooms("totalPrivateGroups", _PRIVATE, _("Private groups"), _("Rooms that are open to invited users only.")),
    entries.rooms("totalDirect", _DIRECT, _("Direct rooms"), _("Rooms for direct messages.")),
    entries.rooms(
        "totlalLivechat",
        _LIVECHAT,
        _("Livechat rooms"),
        _("Livechat rooms, under the misspelled key of the original API."),
        "totalLivechat",
    ),
    entries.rooms("totalLivechat", _LIVECHAT, _("Livechat rooms"), _("Livechat rooms.")),
    entries.messages("totalMessages", measures.total, _("Messages"), _("All messages, including replies in threads.")),
    entries.messages("totalChannelMessages", _CHANNEL, _("Messages in channels"), _("Messages in public rooms.")),
    entries.messages("totalPrivateGroupMessages", _PRIVATE, _("Messages in private groups"), _("Messages in private groups.")),
    entries.messages("totalDirectMessages", _DIRECT, _("Messages in direct rooms"), _("Messages in direct rooms.")),
    entries.messages("totalLivechatMessages", _LIVECHAT, _("Messages in livechat"), _("Messages in livechat rooms.")),
    entries.messages(
        "totalThreads",
        as_is,
        _("Threads"),
        _("Distinct messages with at least one reply; the replies themselves are not counted."),
        "message_table.thread_root",
        question="threads",
    ),
    Statistic(
        "totalDiscussions",
        AnsweredBy.CHAT,
        "discussions",
        measures.count,
        _("Discussions"),
        _("Rooms that have a parent room."),
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=(*entries.OF_MESSAGES, entries.DISCUSSION),
    ),
    entries.messages(
        "totalDiscussionsMessages",
        measures.amount,
        _("Messages in discussions"),
        _("Messages in rooms that have a parent room."),
        entries.DISCUSSION,
        question="discussions",
    ),
    Statistic(
        "totalRoomsWithPinned",
        AnsweredBy.CHAT,
        "rooms_with_pinned",
        as_is,
        _("Rooms with pins"),
        _("Rooms that have at least one pinned message."),
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=(*entries.OF_MESSAGES, "message_table.pinned"),
    ),
    entries.messages(
        "totalPinned", as_is, _("Pinned messages"), _("Pinned messages."), "message_table.pinned", question="pinned"
    ),
    entries.uploads("uploadsTotal", measures.count, _("Files"), _("Uploaded files."), Unit.FILES),
    entries.uploads(
        "uploadsTotalSize", measures.amount, _("Size of files"), _("The size of all uploaded files, in bytes."), Unit.BYTES
    ),
    Statistic(
        "teams",
        AnsweredBy.CHAT,
        "teams",
        measures.teams,
        _("Teams"),
        _("The number of teams, of rooms in teams, and of those of these rooms that new members join by default."),
        Unit.OBJECT,
        Group.ROOMS,
        needs=(*entries.OF_ROOMS, "room_table.team"),
        parts=(
            Part("totalTeams", _("Teams"), _("The number of teams."), Unit.TEAMS),
            Part("totalRoomsInsideTeams", _("Rooms in teams"), _("The number of rooms in teams."), Unit.ROOMS),
            Part(
                "totalDefaultRoomsInsideTeams",
                _("Default rooms of teams"),
                _("The number of rooms in teams that new members of the team join by default."),
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
        _("Rooms in teams"),
        _("The number of rooms in teams, as in `teams`."),
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=(*entries.OF_ROOMS, "room_table.team"),
        alias_of="teams",
    ),
    entries.latest(
        "lastLogin",
        "last_login",
        _("Last login"),
        _("The latest login of any user."),
        *(*entries.OF_USERS, "user_table.last_login"),
        empty="nobody has logged in yet",
    ),
    entries.latest(
        "lastMessageSentAt",
        "last_message",
        _("Last message"),
        _("When the latest message was sent."),
        *entries.OF_MESSAGES,
        empty="there is no message",
    ),
    entries.latest(
        "lastSeenSubscription",
        "last_seen",
        _("Last read"),
        _("The latest time that any user read a room."),
        "subscription_table",
        empty="nobody has read a room yet",
    ),
    entries.server(
        "os",
        _("Machine"),
        _("The operating system, memory, load and cores, in the form of Node's `os` module."),
        Part("freemem", _("Free memory"), _("Memory available to programs."), Unit.BYTES, Aggregate.AVERAGE),
        Part(
            "loadavg.0",
            _("Load"),
            _("Processes that were running or waiting for a core, averaged over a minute."),
            Unit.LOAD,
            Aggregate.AVERAGE,
        ),
        Part(
            "loadavg.1",
            _("Load, 5 minutes"),
            _("Processes that were running or waiting for a core, averaged over 5 minutes."),
            Unit.LOAD,
            Aggregate.AVERAGE,
        ),
        Part(
            "loadavg.2",
            _("Load, 15 minutes"),
            _("Processes that were running or waiting for a core, averaged over 15 minutes."),
            Unit.LOAD,
            Aggregate.AVERAGE,
        ),
    ),
    entries.server("process", _("Process"), _("The process that took the snapshot: runtime, process id, uptime in seconds.")),
    entries.server("deploy", _("Deployment"), _("How this workspace was deployed, from the settings.")),
    entries.server("migration", _("Schema"), _("The number of applied migrations, and whether any is not applied yet.")),
    Statistic(
        "instanceCount",
        AnsweredBy.MACHINE,
        "instanceCount",
        as_is,
        _("Instances"),
        _("Server processes with a recent heartbeat."),
        Unit.INSTANCES,
        Group.SERVER,
        charted=True,
        aggregate=Aggregate.PEAK,
    ),
    entries.snapshot("createdAt", "created_at", _("Taken"), _("When the snapshot was taken.")),
    entries.snapshot("_updatedAt", "created_at", _("Updated"), _("When the snapshot was taken; a snapshot never changes.")),
)

BY_KEY = {statistic.key: statistic for statistic in CATALOGUE}


def questions(answered_by: AnsweredBy) -> list[str]:
    """Return the distinct questions to one of those who answer, in the order in which they are first needed."""
    asked = (statistic for statistic in CATALOGUE if statistic.answered_by is answered_by)
    return list(dict.fromkeys(question for statistic in asked for question in statistic.questions))
