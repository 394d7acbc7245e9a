"""Polite requests to a server that is used by others: pauses, repetitions after what passes, and errors in words."""

import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, InvalidURL
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

TIMEOUT_SECONDS = 30
# Between two requests. By default Rocket.Chat allows ten a minute, and answers 429 to more.
PAUSE_SECONDS = 1.0
MOST_ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 120.0
LARGEST_BODY = 64 * 1024 * 1024
_BUSY, _SERVER_FAULT = 429, 500
_REFUSALS = {
    401: "does not accept the user id or the token: use a personal access token of a user who may see the statistics",
    403: "does not let this user see the statistics: the user needs the permission view-statistics",
    404: "has no such address: give the one that the chat is opened with, without `api/v1`",
}


class RequestFailed(OSError):
    """The server's answer cannot be used; the message is a sentence without the token."""


class _NoRedirects(HTTPRedirectHandler):
    """A redirect could lead elsewhere, and the token would go there too."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


@dataclass
class Requests:
    """Requests to one server with the same headers; `wait` pauses for some seconds."""

    address: str
    headers: Mapping[str, str] = field(repr=False)
    wait: Callable[[float], None] = field(default_factory=lambda: time.sleep)
    opener: OpenerDirector = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A proxy cannot reach this machine, and would see the token.
        proxies = [ProxyHandler({})] if is_this_machine(urlsplit(self.address).hostname) else []
        self.opener = build_opener(_NoRedirects, *proxies)

    def get(self, path: str) -> Any:
        """Return the parsed JSON at a path below the address; what passes is tried again. Errors: RequestFailed."""
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                return self._parsed(self._read(path))
            except HTTPError as error:
                with error:
                    problem, seconds = self._refusal(error), _seconds_to_wait(error, attempt)
            except (ValueError, InvalidURL):
                # Its text may contain a header, and so the token.
                problem, seconds = f"{self.address} cannot be asked: the address, the user id or the token is not valid.", None
            except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
                problem, seconds = self._failure(error), None if _is_permanent(error) else _backoff(attempt)
            if seconds is None or attempt == MOST_ATTEMPTS:
                break
            self.wait(seconds)
        raise RequestFailed(problem)

    def pause(self) -> None:
        """Leave the server to others for a moment."""
        self.wait(PAUSE_SECONDS)

    def _read(self, path: str) -> bytes:
        request = Request(f"{self.address}/{path}", headers=dict(self.headers))  # noqa: S310 - checked where it is entered
        with self.opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            body = response.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise RequestFailed(f"{self.address} answers with more than {LARGEST_BODY:,} bytes.")
        return bytes(body)

    def _parsed(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise RequestFailed(f"{self.address} does not answer in JSON: is this a Rocket.Chat server?") from error

    def _refusal(self, error: HTTPError) -> str:
        if error.code in _REFUSALS:
            return f"{self.address} {_REFUSALS[error.code]} ({error.code})."
        if error.code == _BUSY:
            return f"{self.address} still gets too many requests (429): try again later; what was read is kept."
        if error.code >= _SERVER_FAULT:
            return f"{self.address} has a fault ({error.code}): try again later; what was read is kept."
        if 300 <= error.code < 400:
            return f"{self.address} redirects to another address ({error.code}): give that one, if it is yours."
        return f"{self.address} refuses the request ({error.code})."

    def _failure(self, error: Exception) -> str:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        return f"{self.address} cannot be reached: {reason}. What was read is kept."


def is_this_machine(host: str | None) -> bool:
    """Return whether the host of an address is the machine that this runs on."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _is_permanent(error: Exception) -> bool:
    """Return whether a request fails whenever it is tried: the certificate is not valid, or nothing has the host's name."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, socket.gaierror):
        return reason.errno != socket.EAI_AGAIN
    return isinstance(reason, ssl.SSLCertVerificationError)


def _seconds_to_wait(error: HTTPError, attempt: int) -> float | None:
    """Return after how many seconds a refused request is tried again; None if that is useless."""
    if error.code == _BUSY:
        return min(_asked_seconds(error.headers) or _backoff(attempt), LONGEST_WAIT_SECONDS)
    return _backoff(attempt) if error.code >= _SERVER_FAULT else None


def _asked_seconds(headers: Message) -> float | None:
    """Return how long the server asks to wait: `Retry-After` in seconds or as a time, or Rocket.Chat's time in milliseconds."""
    asked, reset = headers.get("Retry-After", ""), headers.get("X-RateLimit-Reset", "")
    if asked.isdecimal():
        return float(asked)
    try:
        moment = parsedate_to_datetime(asked) if asked else datetime.fromtimestamp(int(reset) / 1000, tz=UTC)
        return max((moment - datetime.now(tz=UTC)).total_seconds(), PAUSE_SECONDS)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _backoff(attempt: int) -> float:
    return float(min(2**attempt, LONGEST_WAIT_SECONDS))
