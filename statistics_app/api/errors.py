"""Every error body of the API, and what becomes of an exception."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from filelock import Timeout
from rest_framework import exceptions

from ..conf import setting
from ..exceptions import ParameterError, TooManyAttempts
from ..serialization import to_json

logger = logging.getLogger(__name__)

# What came in is not sent back at length.
LONGEST_REASON = 600
DATABASE_ERRORS = (OperationalError, InterfaceError, Timeout)
UNAVAILABLE_RETRY_SECONDS = 5
INVALID_PARAMETERS = "error-invalid-params"
TOO_MANY_REQUESTS = "error-too-many-requests"


def error_response(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    """Make the answer to a request that could not be served."""
    answer = HttpResponse(to_json(body), status=status, content_type="application/json", headers=headers)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def not_logged_in(challenge: str) -> HttpResponse:
    """Answer missing, wrong, expired or mismatched credentials, all alike."""
    body = {"status": "error", "message": "You must be logged in to do this."}
    return error_response(401, body, {"WWW-Authenticate": challenge})


def login_refused(challenge: str) -> HttpResponse:
    """Answer a login with an unknown name or a wrong password, both alike."""
    body = {"status": "error", "error": "Unauthorized", "message": "Unauthorized"}
    return error_response(401, body, {"WWW-Authenticate": challenge})


def not_allowed() -> HttpResponse:
    """Answer one who lacks the permission."""
    return error_response(
        setting("DENIED_STATUS"), {"success": False, "error": "error-not-allowed", "errorType": "error-not-allowed"}
    )


def invalid(reason: str, *, status: int = 400, error_type: str = INVALID_PARAMETERS) -> HttpResponse:
    """Answer a parameter or a body that cannot be used: what, and why."""
    return error_response(status, {"success": False, "errorType": error_type, "error": reason[:LONGEST_REASON]})


def not_found() -> HttpResponse:
    """Answer a path that does not exist."""
    return error_response(404, {"success": False, "error": "Resource not found"})


def method_not_allowed(reason: str, allowed: str) -> HttpResponse:
    """Answer a method that the path does not know."""
    body = {"status": "error", "message": "API endpoint does not exist", "success": False, "error": reason}
    return error_response(405, body, {"Allow": allowed})


def too_many_requests(seconds: int) -> HttpResponse:
    """Answer one who asks too often, or tries to log in before the wait is over."""
    reason = (
        "Error, too many requests. Please slow down. "
        f"You must wait {seconds} seconds before trying this endpoint again. [{TOO_MANY_REQUESTS}]"
    )
    body = {"success": False, "errorType": TOO_MANY_REQUESTS, "error": reason}
    return error_response(429, body, {"Retry-After": str(seconds)})


def unavailable() -> HttpResponse:
    """Answer while the database is away."""
    body = {"success": False, "error": "Service Unavailable"}
    return error_response(503, body, {"Retry-After": str(UNAVAILABLE_RETRY_SECONDS)})


def internal_error() -> HttpResponse:
    """Answer what nobody expected; the details are in the log only."""
    return error_response(500, {"success": False, "error": "Internal server error"})


def server_failure(exc: BaseException | None) -> HttpResponse:
    """Answer what is nobody's mistake who asks: the database is away, or something broke."""
    return unavailable() if isinstance(exc, DATABASE_ERRORS) else internal_error()


def exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse:
    """Turn any exception of a view into its answer."""
    view = context["view"]
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return not_logged_in(view.get_authenticate_header(context["request"]))
    if isinstance(exc, exceptions.PermissionDenied):
        return not_allowed()
    if isinstance(exc, exceptions.MethodNotAllowed):
        return method_not_allowed(str(exc.detail), ", ".join(view.allowed_methods))
    if isinstance(exc, Http404 | exceptions.NotFound):
        return not_found()
    return _answer_haste(exc) or _answer_bad_input(exc) or _answer_failure(exc)


def _answer_haste(exc: Exception) -> HttpResponse | None:
    if isinstance(exc, exceptions.Throttled):
        return too_many_requests(int(getattr(exc, "wait", 1)))
    if isinstance(exc, TooManyAttempts):
        return too_many_requests(exc.seconds)
    return None


def _answer_bad_input(exc: Exception) -> HttpResponse | None:
    if isinstance(exc, ParameterError):
        return invalid(str(exc), error_type=exc.error_type)
    if isinstance(exc, RequestDataTooBig):
        return invalid("The body is too large.", status=413)
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return invalid("A body has to be JSON or a form, and to say so in Content-Type.", status=415)
    if isinstance(exc, exceptions.ParseError):
        return invalid(str(exc.detail))
    if isinstance(exc, BadRequest | SuspiciousOperation | TooManyFieldsSent):
        return invalid("The request is malformed.")
    return None


def _answer_failure(exc: Exception) -> HttpResponse:
    if isinstance(exc, DATABASE_ERRORS):
        logger.error("The database does not answer: %s", exc)
    else:
        logger.error("A request failed.", exc_info=exc)
    return server_failure(exc)
