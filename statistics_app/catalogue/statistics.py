"""The list of statistics, in wire order: one line each."""

from dataclasses import dataclass
from enum import StrEnum

from ..sources.base import Presence, RoomKind, UserType
from . import measures
from .measures import Measure, as_is, of_kind


class AnsweredBy(StrEnum):
    """Who answers a question."""

    RECORD = "record"  # the app's own: this snapshot, this installation
    CHAT = "chat"
    MACHINE = "machine"


class Group(StrEnum):
    """Where a statistic stands on a page."""

    USERS = "Users"
    ROOMS = "Rooms"
    MESSAGES = "Messages"
    FILES = "Files"
    ACTIVITY = "Latest activity"
    SERVER = "Server"
    INSTALLATION = "Installation"
    SNAPSHOT = "Snapshot"


class Unit(StrEnum):
    """What a value is counted in."""

    TEXT = "text"
    TIME = "time"
    OBJECT = "object"
    USERS = "users"
    ROOMS = "rooms"
    MESSAGES = "messages"
    FILES = "files"
    BYTES = "bytes"
    INSTANCES = "instances"
    TEAMS = "teams"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Part:
    """A number within an object that is charted: where it is (`freemem`, `loadavg.0`), and what it is."""

    path: str
    label: str
    definition: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Statistic:
    """One line of the catalogue.

    `key` is its name on the wire; `asked` and `question` say who answers what; `measure` makes the value of the answer;
    charted is the value itself, or `parts` of it. `alias_of` is the key of the statistic that it repeats for older
    clients: it is on the wire, and nowhere else.
    """

    key: str
    asked: AnsweredBy
    question: str
    measure: Measure
    label: str
    definition: str
    unit: Unit
    group: Group
    charted: bool = False
    parts: tuple[Part, ...] = ()
    alias_of: str = ""


def _snapshot(key: str, question: str, label: str, definition: str, unit: Unit = Unit.TIME) -> Statistic:
    return Statistic(key, AnsweredBy.RECORD, question, as_is, label, definition, unit, Group.SNAPSHOT)


def _installation(key: str, question: str, label: str, definition: str, unit: Unit) -> Statistic:
    return Statistic(key, AnsweredBy.RECORD, question, as_is, label, definition, unit, Group.INSTALLATION)


def _users(key: str, measure: Measure, label: str, definition: str) -> Statistic:
    return Statistic(key, AnsweredBy.CHAT, "users", measure, label, definition, Unit.USERS, Group.USERS, charted=True)


def _rooms(key: str, measure: Measure, label: str, definition: str, alias_of: str = "") -> Statistic:
    return Statistic(
        key, AnsweredBy.CHAT, "rooms", measure, label, definition, Unit.ROOMS, Group.ROOMS, charted=True, alias_of=alias_of
    )


def _messages(key: str, measure: Measure, label: str, definition: str, question: str = "messages") -> Statistic:
    return Statistic(key, AnsweredBy.CHAT, question, measure, label, definition, Unit.MESSAGES, Group.MESSAGES, charted=True)


def _latest(key: str, question: str, label: str, definition: str) -> Statistic:
    return Statistic(key, AnsweredBy.CHAT, question, measures.time, label, definition, Unit.TIME, Group.ACTIVITY)


def _server(key: str, label: str, definition: str, *parts: Part) -> Statistic:
    return Statistic(key, AnsweredBy.MACHINE, key, as_is, label, definition, Unit.OBJECT, Group.SERVER, parts=parts)


_CHANNEL, _PRIVATE, _DIRECT, _LIVECHAT = (
    of_kind(kind) for kind in (RoomKind.CHANNEL, RoomKind.PRIVATE_GROUP, RoomKind.DIRECT, RoomKind.LIVECHAT)
)


def _with_presence(*presence: Presence) -> Measure:
    return measures.users(presence=presence)


CATALOGUE = (
    _snapshot("_id", "id", "Snapshot", "The id of the snapshot, 17 characters.", Unit.TEXT),
    _installation("uniqueId", "unique_id", "Installation", "The id of this installation, made once and kept.", Unit.TEXT),
    _installation("installedAt", "installed_at", "Installed", "When this installation was made.", Unit.TIME),
    _installation("version", "version", "Version", "The version of the statistics app.", Unit.TEXT),
    _users("totalUsers", measures.users(), "Users", "All accounts."),
    _users("activeUsers", measures.users(active=True), "Active", "Accounts that are not deactivated."),
    _users("nonActiveUsers", measures.users(active=False), "Deactivated", "Accounts that are deactivated."),
    _users("onlineUsers", _with_presence(Presence.ONLINE), "Online", "Accounts whose presence is online."),
    _users("awayUsers", _with_presence(Presence.AWAY), "Away", "Accounts whose presence is away."),
    _users("busyUsers", _with_presence(Presence.BUSY), "Busy", "Accounts whose presence is busy."),
    _users("offlineUsers", _with_presence(Presence.OFFLINE), "Offline", "Accounts with no other presence."),
    _users(
        "totalConnectedUsers",
        _with_presence(Presence.ONLINE, Presence.AWAY),
        "Connected",
        "Accounts whose presence is online or away.",
    ),
    _users("appUsers", measures.users(type=UserType.APP), "Apps", "Accounts that stand for an app."),
    _users("botUsers", measures.users(type=UserType.BOT), "Bots", "Accounts that stand for a bot."),
    _users(
        "activeGuests",
        measures.users(active=True, type=UserType.GUEST),
        "Active guests",
        "Guest accounts that are not deactivated.",
    ),
    Statistic(
        "userLanguages",
        AnsweredBy.CHAT,
        "user_languages",
        as_is,
        "Languages",
        "Accounts by their language; those that chose none under `none`.",
        Unit.OBJECT,
        Group.USERS,
    ),
    _rooms("totalRooms", measures.total, "Rooms", "All rooms of the four kinds."),
    _rooms("totalChannels", _CHANNEL, "Channels", "Public rooms."),
    _rooms("totalPrivateGroups", _PRIVATE, "Private groups", "Rooms for those who are invited."),
    _rooms("totalDirect", _DIRECT, "Direct", "Rooms of direct messages."),
    _rooms("totlalLivechat", _LIVECHAT, "Livechat", "Rooms of livechat, under the key's first spelling.", "totalLivechat"),
    _rooms("totalLivechat", _LIVECHAT, "Livechat", "Rooms of livechat."),
    _messages("totalMessages", measures.total, "Messages", "All messages, replies in threads included."),
    _messages("totalChannelMessages", _CHANNEL, "In channels", "Messages in public rooms."),
    _messages("totalPrivateGroupMessages", _PRIVATE, "In private groups", "Messages in private groups."),
    _messages("totalDirectMessages", _DIRECT, "In direct rooms", "Messages in direct rooms."),
    _messages("totalLivechatMessages", _LIVECHAT, "In livechat", "Messages in livechat rooms."),
    _messages(
        "totalThreads",
        as_is,
        "Threads",
        "Distinct messages with at least one reply; not the replies.",
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
    ),
    _messages(
        "totalDiscussionsMessages",
        measures.amount,
        "In discussions",
        "Messages in rooms that have a parent room.",
        question="discussions",
    ),
    _messages("totalPinned", as_is, "Pinned", "Messages that are pinned.", question="pinned"),
    Statistic(
        "uploadsTotal",
        AnsweredBy.CHAT,
        "uploads",
        measures.count,
        "Files",
        "Uploaded files.",
        Unit.FILES,
        Group.FILES,
        charted=True,
    ),
    Statistic(
        "uploadsTotalSize",
        AnsweredBy.CHAT,
        "uploads",
        measures.amount,
        "Size of files",
        "The bytes of all uploaded files.",
        Unit.BYTES,
        Group.FILES,
        charted=True,
    ),
    Statistic(
        "teams",
        AnsweredBy.CHAT,
        "teams",
        measures.teams,
        "Teams",
        "How many teams there are, and how many rooms are in one.",
        Unit.OBJECT,
        Group.ROOMS,
        parts=(
            Part("totalTeams", "Teams", "How many teams there are.", Unit.TEAMS),
            Part("totalRoomsInsideTeams", "Rooms in teams", "How many rooms are in a team.", Unit.ROOMS),
        ),
    ),
    _latest("lastLogin", "last_login", "Last login", "The latest login of anyone."),
    _latest("lastMessageSentAt", "last_message", "Last message", "When the latest message was sent."),
    _latest("lastSeenSubscription", "last_seen", "Last read", "The latest time that anyone read a room."),
    _server(
        "os",
        "Machine",
        "The operating system, memory, load and cores, as Node's `os` module says them.",
        Part("freemem", "Free memory", "Memory that programs can still have.", Unit.BYTES),
        Part("loadavg.0", "Load", "Programs that ran or waited for a core, averaged over a minute.", Unit.LOAD),
        Part("loadavg.1", "Load, 5 minutes", "Programs that ran or waited for a core, averaged over 5 minutes.", Unit.LOAD),
        Part("loadavg.2", "Load, 15 minutes", "Programs that ran or waited for a core, averaged over 15 minutes.", Unit.LOAD),
    ),
    _server("process", "Process", "The process that took the snapshot: runtime, id, seconds since its start."),
    _server("deploy", "Deployment", "How this workspace was deployed, as the settings say."),
    _server("migration", "Schema", "How many migrations are applied, and whether one is missing or under way."),
    Statistic(
        "instanceCount",
        AnsweredBy.MACHINE,
        "instanceCount",
        as_is,
        "Instances",
        "Serving processes whose heartbeat is fresh.",
        Unit.INSTANCES,
        Group.SERVER,
        charted=True,
    ),
    _snapshot("createdAt", "created_at", "Taken", "When the snapshot was taken."),
    _snapshot("_updatedAt", "created_at", "Updated", "When the snapshot was taken; a snapshot never changes."),
)

BY_KEY = {statistic.key: statistic for statistic in CATALOGUE}


def questions(asked: AnsweredBy) -> list[str]:
    """List the distinct questions to one who answers, in the order in which they are first needed."""
    return list(dict.fromkeys(statistic.question for statistic in CATALOGUE if statistic.asked is asked))
