"""The database tables of the app."""

from .access_token import AccessToken
from .activity import Person, RecentPeople, SeenDay, WrittenDay
from .events import DirtyRange, EventCoverage, EventDay, EventRollup
from .failures import FailedSlot, FailedTask
from .gauges import GaugeDay, GaugeRollup, GaugeSummary
from .imported import Annotation, ImportedDocument, ReportedPeople
from .installation import Installation
from .instance import Instance
from .remote_credentials import RemoteCredentials
from .rooms import Room, RoomAuthorDay, RoomDay
from .snapshot import Snapshot
from .snapshot_days import SnapshotDay
from .tally_audit import TallyAudit
from .time_range import TimeRange

__all__ = [
    "AccessToken",
    "Annotation",
    "DirtyRange",
    "EventCoverage",
    "EventDay",
    "EventRollup",
    "FailedSlot",
    "FailedTask",
    "GaugeDay",
    "GaugeRollup",
    "GaugeSummary",
    "ImportedDocument",
    "Installation",
    "Instance",
    "Person",
    "RecentPeople",
    "RemoteCredentials",
    "ReportedPeople",
    "Room",
    "RoomAuthorDay",
    "RoomDay",
    "SeenDay",
    "Snapshot",
    "SnapshotDay",
    "TallyAudit",
    "TimeRange",
    "WrittenDay",
]
