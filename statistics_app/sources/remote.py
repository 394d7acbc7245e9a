"""A source without tables: a server that counts for itself and tells its statistics when it is asked."""

from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning

from ..conf import DICT_NAME, setting
from ..exceptions import NotAnswered, RemoteError
from ..texts import Text
from ..texts import gettext_noop as _
from .base import ChatSource
from .event_kinds import EventKind
from .http_get import is_this_machine
from .remote_account import TOKEN, URL, USER_ID, NoAccount, find_account, is_in_settings
from .remote_server import REFUSED_SECONDS, RemoteServer
from .reported import ReportedStatistics

_HINT = "Name the server, and an account there that may see its statistics, with a token of that account; see docs/watch.md."


class RemoteSource(ChatSource):
    """The statistics of a remote server, Rocket.Chat or one with this app; nothing else is known of its chat."""

    def reported_statistics(self) -> ReportedStatistics:
        """Ask the server for new statistics. Errors: RemoteError."""
        try:
            account = find_account()
        except NoAccount as error:
            raise RemoteError(str(error), REFUSED_SECONDS) from None
        return RemoteServer(account.url, account.user_id, account.token, setting("REMOTE_SECONDS")).new_statistics()

    def event_kinds(self) -> tuple[EventKind, ...]:
        """Return no kind of events, since statistics have only totals."""
        return ()

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """Return E006 for every missing setting, and W004 for a token that is sent unencrypted.

        Credentials that are in no setting may be stored: then the address may be as well.
        """
        missing = [name for name in (URL, USER_ID, TOKEN) if is_in_settings() and not setting(name)]
        if missing:
            return [_missing(name) for name in missing]
        return _unencrypted(setting(URL), f"{DICT_NAME}['{URL}']")

    @classmethod
    def check_stored(cls) -> list[CheckMessage]:
        """Return W005 if there are no credentials, or those that are stored cannot be used, and W004 for their address."""
        if is_in_settings():
            return []
        try:
            account = find_account()
        except NoAccount as error:
            return [Warning(str(error), hint=_HINT, id="statistics_app.W005")]
        return [] if setting(URL) else _unencrypted(account.url, "The stored address")

    @staticmethod
    def _not_answered(what: str) -> NotAnswered:
        return NotAnswered(_("The statistics of a remote server tell nothing about %(what)s."), what=Text(what))


def _missing(name: str) -> CheckMessage:
    return Error(f"{DICT_NAME}['{name}'] is not set, and the remote source needs it.", hint=_HINT, id="statistics_app.E006")


def _unencrypted(url: str, name: str) -> list[CheckMessage]:
    address = urlsplit(url)
    if address.scheme != "http" or is_this_machine(address.hostname):
        return []
    hint = "Use https, or make sure that nobody else can read the network between the two."
    return [Warning(f"{name} begins with http, so the token is sent unencrypted.", hint=hint, id="statistics_app.W004")]
