"""The number of responses that this process has sent."""

from collections import Counter
from threading import Lock


class ResponseCounts:
    """The responses of the API by status, since the process has started."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._lock = Lock()

    def add(self, status: int) -> None:
        """Count one response."""
        with self._lock:
            self._counts[status] += 1

    def by_status(self) -> dict[str, int]:
        """Return the number of responses so far by status."""
        with self._lock:
            return {str(status): count for status, count in sorted(self._counts.items())}


responses = ResponseCounts()
