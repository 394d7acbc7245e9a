"""The gauges of the workspace for Prometheus: what its metrics and the export of its history have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "statistics"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge: its name without the prefix, and where in the document its values are.

    `values` maps a value of the label to a key or path in the document; without a label, to a single one under the empty text.
    A gauge whose `unit` is seconds since 1970 reads times. The name of one with a unit ends with the unit.
    """

    name: str
    definition: str
    values: Mapping[str, str]
    label: str = ""
    unit: str = ""

    @property
    def full_name(self) -> str:
        """The name with the prefix."""
        return f"{PREFIX}_{self.name}"

    @property
    def is_time(self) -> bool:
        """Whether the values are times."""
        return self.name.endswith("_timestamp_seconds")


def _single(name: str, path: str, definition: str, unit: str = "") -> Gauge:
    return Gauge(name, definition, {"": path}, unit=unit)


def _by_kind(name: str, definition: str, keys: str) -> Gauge:
    kinds = {"channel": "Channel", "private_group": "PrivateGroup", "direct": "Direct", "livechat": "Livechat"}
    return Gauge(name, definition, {label: keys.format(kind) for label, kind in kinds.items()}, "kind")


GAUGES = (
    Gauge("users", "Accounts, by whether they are deactivated.", {"true": "activeUsers", "false": "nonActiveUsers"}, "active"),
    Gauge(
        "users_by_presence",
        "Accounts, by presence.",
        {"online": "onlineUsers", "away": "awayUsers", "busy": "busyUsers", "offline": "offlineUsers"},
        "presence",
    ),
    Gauge("users_by_type", "Accounts that are no person's, by type.", {"app": "appUsers", "bot": "botUsers"}, "type"),
    _single("active_guests", "activeGuests", "Guest accounts that are not deactivated."),
    Gauge(
        "rooms",
        "Rooms, by kind.",
        {
            "channel": "totalChannels",
            "private_group": "totalPrivateGroups",
            "direct": "totalDirect",
            "livechat": "totalLivechat",
        },
        "kind",
    ),
    _by_kind("messages", "Messages, by the kind of their room.", "total{}Messages"),
    _single("threads", "totalThreads", "Messages with at least one reply."),
    _single("discussions", "totalDiscussions", "Rooms that have a parent room."),
    _single("discussion_messages", "totalDiscussionsMessages", "Messages in rooms that have a parent room."),
    _single("pinned_messages", "totalPinned", "Pinned messages."),
    _single("rooms_with_pinned_messages", "totalRoomsWithPinned", "Rooms that have at least one pinned message."),
    _single("uploads", "uploadsTotal", "Uploaded files."),
    _single("uploads_size_bytes", "uploadsTotalSize", "The size of all uploaded files.", "bytes"),
    _single("teams", "teams.totalTeams", "Teams."),
    _single("team_rooms", "teams.totalRoomsInsideTeams", "Rooms that belong to a team."),
    _single(
        "team_default_rooms",
        "teams.totalDefaultRoomsInsideTeams",
        "Rooms in teams that new members of the team join by default.",
    ),
    _single("last_login_timestamp_seconds", "lastLogin", "When a user last logged in.", "seconds"),
    _single("last_message_timestamp_seconds", "lastMessageSentAt", "When the last message was sent.", "seconds"),
    _single("last_read_timestamp_seconds", "lastSeenSubscription", "When a user last read a room.", "seconds"),
    _single("instances", "instanceCount", "Server processes with a recent heartbeat."),
    _single("host_uptime_seconds", "os.uptime", "Time since the machine was started.", "seconds"),
    _single("host_memory_size_bytes", "os.totalmem", "Memory of the machine.", "bytes"),
    _single("host_memory_available_bytes", "os.freemem", "Memory available to programs.", "bytes"),
    Gauge(
        "host_load",
        "Processes that were running or waiting for a core, averaged over a time.",
        {"1m": "os.loadavg.0", "5m": "os.loadavg.1", "15m": "os.loadavg.2"},
        "over",
    ),
    _single("process_uptime_seconds", "process.uptime", "Age of the process that took the snapshot.", "seconds"),
    _single("migrations", "migration.version", "Applied migrations of the app and of the chat's tables."),
)
