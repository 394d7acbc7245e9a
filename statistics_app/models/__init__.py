"""The database tables of the app."""

from .access_token import AccessToken
from .installation import Installation
from .instance import Instance
from .rollups import DirtyRange, EventCoverage, EventRollup, GaugeRollup
from .snapshot import Snapshot
from .tally_audit import TallyAudit

__all__ = [
    "AccessToken",
    "DirtyRange",
    "EventCoverage",
    "EventRollup",
    "GaugeRollup",
    "Installation",
    "Instance",
    "Snapshot",
    "TallyAudit",
]
