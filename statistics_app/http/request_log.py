"""What log messages say of the request that they belong to: its id, and who sent it."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty

HEADER = "X-Request-ID"
# What proxies send; anything else could forge lines of a log.
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[tuple[str, HttpRequest] | None] = ContextVar("statistics_request", default=None)


class RequestIdMiddleware:
    """Takes the id of a request from `X-Request-ID`, or makes one, and returns it in the response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request whose log messages have its id."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        token = _current.set((request_id, request))
        try:
            response = self._get_response(request)
        finally:
            _current.reset(token)
        response.headers[HEADER] = request_id
        return response


class RequestFilter(logging.Filter):
    """Adds `request_id` and `user_id` to records, None outside of a request, and both as a text in `request`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the attributes, and keep the record."""
        request_id, request = _current.get() or (None, None)
        user_id = request and _user_id(request)
        record.request_id, record.user_id = request_id, user_id
        record.request = f" (request {request_id}{f', user {user_id}' if user_id else ''})" if request_id else ""
        return True


class OncePerMinute(logging.Filter):
    """Keeps one record a minute, without its traceback: for what any client can cause as often as it likes."""

    SECONDS = 60

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self._next = float("-inf")
        self._dropped = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a minute has passed since the last record; what was dropped in between is counted."""
        now = time.monotonic()
        if now < self._next:
            self._dropped += 1
            return False
        dropped, self._dropped, self._next = self._dropped, 0, now + self.SECONDS
        record.msg = f"{record.getMessage()}{f' ({dropped} more like this were not logged.)' if dropped else ''}"
        record.args, record.exc_info = None, None
        return True


def _user_id(request: HttpRequest) -> str | None:
    """Return the id of the user, unless that would first have to be looked up."""
    user = request.__dict__.get("user")
    if isinstance(user, LazyObject) and user._wrapped is empty:
        return None
    key = getattr(user, "pk", None)
    return None if key is None else str(key)
