"""What the app stores."""

from .access_token import AccessToken
from .installation import Installation
from .instance import Instance
from .snapshot import Snapshot
from .tally_audit import TallyAudit

__all__ = ["AccessToken", "Installation", "Instance", "Snapshot", "TallyAudit"]
