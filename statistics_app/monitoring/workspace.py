"""The metrics of the workspace, taken from the newest snapshot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

from ..history.metric import value_at_path

PREFIX = "statistics"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge: its name without the prefix, and where in the document its values are.

    `values` maps a value of the label to a key or path in the document; without a label, to a single one under the empty text.
    A gauge whose `unit` is seconds since 1970 reads times.
    """

    name: str
    definition: str
    values: Mapping[str, str]
    label: str = ""
    unit: str = ""

    def family(self, document: Mapping[str, Any]) -> Metric:
        """Return the family with a sample for each value that is known."""
        labels = [self.label] if self.label else []
        family = GaugeMetricFamily(f"{PREFIX}_{self.name}", self.definition, labels=labels, unit=self.unit)
        for label, path in self.values.items():
            value = _number_at(document, path)
            if value is not None:
                family.add_metric([label] if labels else [], value)
        return family


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
    _single("uploads", "uploadsTotal", "Uploaded files."),
    _single("uploads_size_bytes", "uploadsTotalSize", "The size of all uploaded files.", "bytes"),
    _single("teams", "teams.totalTeams", "Teams."),
    _single("team_rooms", "teams.totalRoomsInsideTeams", "Rooms that belong to a team."),
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


def workspace_families(document: Mapping[str, Any]) -> Iterator[Metric]:
    """Yield the families of a snapshot's document; what the snapshot does not know has no sample."""
    yield from (gauge.family(document) for gauge in GAUGES)
    languages = GaugeMetricFamily(f"{PREFIX}_users_by_language", "Accounts, by language.", labels=["language"])
    for language, count in (document.get("userLanguages") or {}).items():
        languages.add_metric([language], count)
    yield languages
    described = {"version": document["version"], "unique_id": document["uniqueId"]}
    yield InfoMetricFamily(f"{PREFIX}_workspace", "The installation.", value=described)


def _number_at(document: Mapping[str, Any], path: str) -> float | None:
    """Return the number at a path, or seconds since 1970 for a time; None if it is unknown."""
    value = value_at_path(document, path)
    moment = parse_datetime(value) if isinstance(value, str) else None
    return moment.timestamp() if moment else value
