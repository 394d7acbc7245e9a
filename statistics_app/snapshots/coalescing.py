"""Notice when those who come at once have all come."""

import time
from dataclasses import dataclass

QUIET_SECONDS = 0.05
MOST_SECONDS = 1.0


@dataclass
class Coalescer:
    """Remembers when somebody last came to this process; shared by its threads."""

    last_came: float = 0.0

    def come(self) -> float:
        """Say that somebody has come; return when."""
        self.last_came = time.monotonic()
        return self.last_came

    def wait_until_quiet(self) -> None:
        """Wait until nobody has come for a moment, at most a second: a server needs time to hear out fifty who ask at once."""
        deadline = time.monotonic() + MOST_SECONDS
        while (quiet_from := self.last_came + QUIET_SECONDS) > time.monotonic() < deadline:
            time.sleep(max(0.0, min(quiet_from, deadline) - time.monotonic()))
