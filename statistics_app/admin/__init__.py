"""The app's models in Django's admin."""

from .audits import TallyAuditAdmin
from .snapshots import SnapshotAdmin
from .tokens import AccessTokenAdmin

__all__ = ["AccessTokenAdmin", "SnapshotAdmin", "TallyAuditAdmin"]
