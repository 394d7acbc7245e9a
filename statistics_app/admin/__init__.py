"""The app in Django's admin."""

from .audits import TallyAuditAdmin
from .snapshots import SnapshotAdmin
from .tokens import AccessTokenAdmin

__all__ = ["AccessTokenAdmin", "SnapshotAdmin", "TallyAuditAdmin"]
