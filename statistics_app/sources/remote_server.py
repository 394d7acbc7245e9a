"""A server that speaks Rocket.Chat's API: asking it for its statistics, and what its refusals mean."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from urllib.parse import urlsplit

from .. import __version__
from ..exceptions import RemoteError
from ..foreign.translation import Translation, translate
from .http_get import HttpAnswer, NoAnswer, http_get
from .reported import ReportedStatistics
from .retry_after import asked_to_wait, parse_http_date

PATH = "/api/v1/statistics?refresh=true"
# After which a failed attempt may be repeated: what may pass by itself, and what someone has to set right.
TROUBLE_SECONDS, REFUSED_SECONDS = 10, 300
# If a server that asks to wait does not say for how long, and the longest that one is heeded.
WAIT_SECONDS, MOST_WAIT_SECONDS = 60, 3600
# By the server's own clock, statistics that are older were not counted for this request.
OLDEST = timedelta(minutes=10)
_NOT_ALLOWED = frozenset({"error-not-allowed", "error-unauthorized", "unauthorized"})
_REDIRECTS = range(300, 400)


class _Masked(str):
    """A text that tracebacks and logs do not show, since they show values by their `repr`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@dataclass(frozen=True, slots=True)
class _Failure:
    """What is said of a server that is not asked until a time, and when to try again; by the monotonic clock."""

    message: str
    until: float
    retry_at: float


# The last failure of each server, by its URL: those that wait for an answer share it, and do not ask one after the other.
_failures: dict[str, _Failure] = {}


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """A server with the credentials of an account that may see its statistics, and the limit for its answer in seconds."""

    url: str
    user_id: str = field(repr=False)
    token: str = field(repr=False)
    seconds: float

    @property
    def name(self) -> str:
        """What the server is called in messages: its host and port."""
        return urlsplit(self.url).netloc

    def new_statistics(self) -> ReportedStatistics:
        """Ask for statistics that are counted now. Errors: RemoteError, whose message names the server and what to do."""
        self._raise_last_failure()
        try:
            return self._ask_now()
        except RemoteError as error:
            self._remember(error, error.seconds if isinstance(error, _Wait) else min(error.seconds, TROUBLE_SECONDS))
            raise

    def _ask_now(self) -> ReportedStatistics:
        answer = self._ask()
        if answer.status != 200:
            raise self._refusal(answer)
        translation = self._translation(answer.body)
        self._require_new(translation, answer)
        return ReportedStatistics(self.name, translation)

    def _ask(self) -> HttpAnswer:
        headers = {
            "Accept": "application/json",
            "Cache-Control": "no-cache",
            "User-Agent": f"workspace-statistics/{__version__}",
            "X-Auth-Token": _Masked(self.token),
            "X-User-Id": _Masked(self.user_id),
        }
        try:
            return http_get(self.url.rstrip("/") + PATH, headers, self.seconds)
        except NoAnswer as error:
            raise self._error(f"{error}.") from None

    def _translation(self, body: bytes) -> Translation:
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise self._error("sent something that is not JSON. Is this the address of a chat?") from None
        try:
            return translate(document)
        except ValueError as error:
            raise self._error(f"sent no statistics. {error}") from None

    def _require_new(self, translation: Translation, answer: HttpAnswer) -> None:
        """Require statistics that are not older than the answer: old ones would be stored as those of the present."""
        sent_at = parse_http_date(answer.headers.get("Date"))
        if sent_at is not None and sent_at - translation.created_at > OLDEST:
            when = f"{translation.created_at:%Y-%m-%d %H:%M} UTC"
            raise self._error(f"sent statistics of {when} instead of new ones. Is there a cache in front of it?")

    def _refusal(self, answer: HttpAnswer) -> RemoteError:
        """Return what a status other than 200 means."""
        status = answer.status
        if status == 429 or (status == 503 and "Retry-After" in answer.headers):
            return self._wait(answer)
        if status in _REDIRECTS:
            return self._error(
                f"redirects to {_origin(answer.headers.get('Location'))}, where the token is not sent ({status}). "
                "If that is the chat, REMOTE_URL has to be its address.",
                REFUSED_SECONDS,
            )
        if status >= 500:
            return self._error(f"failed to answer ({status}). See its log.")
        return self._error(f"{_meaning(status, answer.body)} ({status}).", REFUSED_SECONDS)

    def _wait(self, answer: HttpAnswer) -> RemoteError:
        seconds = _seconds_to_wait(answer)
        return _Wait(f"{self.name} asked to wait for {seconds} s, since it has too much to do ({answer.status}).", seconds)

    def _remember(self, error: RemoteError, seconds: int) -> None:
        """Keep a failure for some seconds. What is said of it meanwhile names a time of day, so that it stays true."""
        now, again = time.monotonic(), datetime.now(tz=UTC) + timedelta(seconds=seconds)
        message = f"{error} It is asked again from {again:%H:%M:%S} UTC on."
        _failures[self.url] = _Failure(message, now + seconds, now + error.seconds)

    def _raise_last_failure(self) -> None:
        failure, now = _failures.get(self.url), time.monotonic()
        if failure is not None and now < failure.until:
            raise RemoteError(failure.message, ceil(failure.retry_at - now))

    def _error(self, what: str, seconds: int = TROUBLE_SECONDS) -> RemoteError:
        return RemoteError(f"{self.name} {what}", seconds)


class _Wait(RemoteError):
    """A server that asked to wait."""


def forget_failures() -> None:
    """Forget which servers are not asked at the moment."""
    _failures.clear()


def _meaning(status: int, body: bytes) -> str:
    if status == 401:
        return "did not accept the user id and the token: create a personal access token there, and set both again"
    if status == 403 or _error_type(body) in _NOT_ALLOWED:
        return "does not show its statistics to the account of the token, which needs the permission view-statistics there"
    if status == 404:
        return "has no api/v1/statistics: REMOTE_URL has to be the address of a chat"
    return "did not accept the request"


def _error_type(body: bytes) -> str:
    try:
        return str(json.loads(body)["errorType"])
    except (ValueError, RecursionError, LookupError, TypeError):
        return ""


def _origin(location: str | None) -> str:
    """Return the scheme and host of an address, of which the rest may contain anything."""
    try:
        parts = urlsplit(location or "")
        return f"{parts.scheme}://{parts.hostname}" if parts.hostname and parts.hostname.isprintable() else "another path"
    except ValueError:
        return "an invalid address"


def _seconds_to_wait(answer: HttpAnswer) -> int:
    """Return for how many seconds a server asks to wait, within what is heeded."""
    asked = asked_to_wait(answer.headers)
    return max(1, min(int(WAIT_SECONDS if asked is None else asked), MOST_WAIT_SECONDS))
