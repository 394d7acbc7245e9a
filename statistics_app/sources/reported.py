"""Statistics that a chat has counted itself, so that no question has to be asked."""

from dataclasses import dataclass

from ..foreign.translation import Translation


@dataclass(frozen=True, slots=True)
class ReportedStatistics:
    """The statistics of a server as it reported them, in our shape; `host` is its name in the network."""

    host: str
    translation: Translation
