"""The app's models in Django's admin."""

from .audits import TallyAuditAdmin
from .remote_credentials import RemoteCredentialsAdmin
from .snapshots import SnapshotAdmin
from .tokens import AccessTokenAdmin

__all__ = ["AccessTokenAdmin", "RemoteCredentialsAdmin", "SnapshotAdmin", "TallyAuditAdmin"]
