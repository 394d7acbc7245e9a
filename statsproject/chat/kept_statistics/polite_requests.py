"""Polite requests to a server that is used by others: pauses, repetitions after what passes, and errors in words."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from statistics_app.sources.http_get import MEBIBYTE, HttpAnswer, NoAnswer, http_get
from statistics_app.sources.retry_after import asked_to_wait

TIMEOUT_SECONDS = 60
# Between two requests. By default Rocket.Chat allows ten a minute, and answers 429 to more.
PAUSE_SECONDS = 1.0
MOST_ATTEMPTS = 8
LONGEST_WAIT_SECONDS = 120.0
LARGEST_BODY = 64 * MEBIBYTE
_BUSY, _SERVER_FAULT = 429, 500
_REFUSALS = {
    401: "does not accept the user id or the token: use a personal access token of a user who may see the statistics",
    403: "does not let this user see the statistics: the user needs the permission view-statistics",
    404: "has no such address: give the one that the chat is opened with, without `api/v1`",
}


class RequestFailed(OSError):
    """The server's answer cannot be used; the message is a sentence without the token."""


@dataclass
class Requests:
    """Requests to one server with the same headers; `wait` pauses for some seconds."""

    address: str
    headers: Mapping[str, str] = field(repr=False)
    wait: Callable[[float], None] = field(default_factory=lambda: time.sleep)

    def get(self, path: str) -> Any:
        """Return the parsed JSON at a path below the address; what passes is tried again. Errors: RequestFailed."""
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                answer = http_get(f"{self.address}/{path}", self.headers, TIMEOUT_SECONDS, LARGEST_BODY)
            except NoAnswer as error:
                problem, seconds = f"{self.address} {error}.{_KEPT}", None if error.is_lasting else _backoff(attempt)
            else:
                if answer.status == 200:
                    return self._parsed(answer.body)
                problem, seconds = self._refusal(answer.status), _seconds_to_wait(answer, attempt)
            if seconds is None or attempt == MOST_ATTEMPTS:
                break
            self.wait(seconds)
        raise RequestFailed(problem)

    def pause(self) -> None:
        """Leave the server to others for a moment."""
        self.wait(PAUSE_SECONDS)

    def _parsed(self, body: bytes) -> Any:
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise RequestFailed(f"{self.address} does not answer in JSON: is this a Rocket.Chat server?") from error

    def _refusal(self, status: int) -> str:
        if status in _REFUSALS:
            return f"{self.address} {_REFUSALS[status]} ({status})."
        if status == _BUSY:
            return f"{self.address} still gets too many requests (429): try again later.{_KEPT}"
        if status >= _SERVER_FAULT:
            return f"{self.address} has a fault ({status}): try again later.{_KEPT}"
        if 300 <= status < 400:
            return f"{self.address} redirects to another address ({status}): give that one, if it is yours."
        return f"{self.address} refuses the request ({status})."


_KEPT = " What was read is kept."


def _seconds_to_wait(answer: HttpAnswer, attempt: int) -> float | None:
    """Return after how many seconds a refused request is tried again; None if that is useless."""
    if answer.status == _BUSY:
        asked = asked_to_wait(answer.headers)
        return _backoff(attempt) if asked is None else min(max(asked, PAUSE_SECONDS), LONGEST_WAIT_SECONDS)
    return _backoff(attempt) if answer.status >= _SERVER_FAULT else None


def _backoff(attempt: int) -> float:
    return float(min(2**attempt, LONGEST_WAIT_SECONDS))
