"""What of the demonstration can be chosen, by variables of the environment."""

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path

from statsproject.programs.processes import ProcessError

USUAL_MESSAGES_PER_HOUR = 30
DEFAULT_KIND = "rocketchat"


@dataclass(frozen=True, slots=True)
class Options:
    """The export that is demonstrated instead of the seeded workspace, if any, and how much the simulated people write."""

    export: Path | None
    kind: str
    messages_per_hour: float

    @classmethod
    def from_environment(cls) -> "Options":
        """Return what was chosen. Errors: ProcessError if that cannot be used.

        Nobody is simulated in an export, unless that is asked for: it is to show the numbers that it had.
        """
        folder = os.environ.get("DIR", "")
        export = Path(folder).absolute() if folder else None
        if export and not export.exists():
            raise ProcessError(f"DIR={folder} does not exist. It must be the folder, the file or the archive of an export.")
        usual = 0 if export else USUAL_MESSAGES_PER_HOUR
        rate = _rate(os.environ.get("DEMO_MESSAGES_PER_HOUR") or str(usual))
        return cls(export, os.environ.get("KIND") or DEFAULT_KIND, rate)

    @property
    def contents(self) -> str:
        """What is demonstrated, in words."""
        if self.export:
            return f"what {os.path.relpath(self.export)} contains"
        return "300 users, 60 rooms, 100,000 messages over two years, and 90 days of simulated snapshots"

    @property
    def database(self) -> str:
        """The name of the database file: each export has its own, whose name ends with a hash."""
        if self.export is None:
            return "demo.sqlite3"
        name = re.sub(r"[^a-z0-9]+", "-", self.export.name.lower()).strip("-")
        return f"demo-{name}-{sha256(str(self.export).encode()).hexdigest()[:8]}.sqlite3"


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1
    if not (isfinite(rate) and rate >= 0):
        raise ProcessError(f"DEMO_MESSAGES_PER_HOUR={text} is not a number of messages. It must be 0 or more.")
    return rate
