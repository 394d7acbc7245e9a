"""A source without tables: a server that counts for itself and tells its statistics when it is asked."""

from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning

from ..conf import DICT_NAME, setting
from ..exceptions import NotAnswered
from .base import ChatSource
from .event_kinds import EventKind
from .http_get import THIS_MACHINE
from .remote_server import RemoteServer
from .reported import ReportedStatistics

_NEEDED = ("REMOTE_URL", "REMOTE_USER_ID", "REMOTE_TOKEN")


class RemoteSource(ChatSource):
    """The statistics of a remote server, Rocket.Chat or one with this app; nothing else is known of its chat."""

    def reported_statistics(self) -> ReportedStatistics:
        """Ask the server for new statistics. Errors: RemoteError."""
        return RemoteServer.from_settings().new_statistics()

    def event_kinds(self) -> tuple[EventKind, ...]:
        """Return no kind of events, since statistics have only totals."""
        return ()

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """Return E006 for every missing setting, and W004 for a token that is sent unencrypted."""
        missing = [name for name in _NEEDED if not setting(name)]
        if missing:
            return [_missing(name) for name in missing]
        address = urlsplit(setting("REMOTE_URL"))
        if address.scheme == "https" or address.hostname in THIS_MACHINE:
            return []
        hint = "Use https, or make sure that nobody else can read the network between the two."
        message = f"{DICT_NAME}['REMOTE_URL'] begins with http, so the token is sent unencrypted."
        return [Warning(message, hint=hint, id="statistics_app.W004")]

    @staticmethod
    def _not_answered(what: str) -> NotAnswered:
        return NotAnswered(f"The statistics of a remote server tell nothing about {what}.")


def _missing(name: str) -> CheckMessage:
    hint = "Name the server, and an account there that may see its statistics, with a token of that account; see docs/watch.md."
    return Error(f"{DICT_NAME}['{name}'] is not set, and the remote source needs it.", hint=hint, id="statistics_app.E006")
