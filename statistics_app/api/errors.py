"""The error responses of the API, and the conversion of exceptions to them."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import Http404, HttpResponse
from rest_framework import exceptions

from ..conf import setting
from ..db.failures import Failure, failure_of
from ..exceptions import MissingPackage, NotNow, ParameterError, TooManyAttempts
from ..serialization import to_json

logger = logging.getLogger(__name__)

# A reason can quote the request, which may be long.
MAX_REASON_LENGTH = 600
UNAVAILABLE_RETRY_SECONDS = 5
INVALID_PARAMETERS = "error-invalid-params"
TOO_MANY_REQUESTS = "error-too-many-requests"


def error_response(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    """Return an error as JSON that is not cached."""
    response = HttpResponse(to_json(body), status=status, content_type="application/json", headers=headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def not_logged_in(challenge: str) -> HttpResponse:
    """Return the 401 for missing, wrong, expired or mismatched credentials, which are not distinguished."""
    body = {"status": "error", "message": "You must be logged in to do this."}
    return error_response(401, body, {"WWW-Authenticate": challenge})


def login_refused(challenge: str) -> HttpResponse:
    """Return the 401 for a login with an unknown name or a wrong password, which are not distinguished."""
    body = {"status": "error", "error": "Unauthorized", "message": "Unauthorized"}
    return error_response(401, body, {"WWW-Authenticate": challenge})


def not_allowed() -> HttpResponse:
    """Return the error for a missing permission; its status is the setting DENIED_STATUS."""
    return error_response(
        setting("DENIED_STATUS"), {"success": False, "error": "error-not-allowed", "errorType": "error-not-allowed"}
    )


def invalid(reason: str, *, status: int = 400, error_type: str = INVALID_PARAMETERS) -> HttpResponse:
    """Return the error for an invalid parameter or body; `reason` states what is invalid, and why."""
    return error_response(status, {"success": False, "errorType": error_type, "error": reason[:MAX_REASON_LENGTH]})


def not_found() -> HttpResponse:
    """Return the 404 for an unknown path."""
    return error_response(404, {"success": False, "error": "Resource not found"})


def method_not_allowed(reason: str, allowed: str) -> HttpResponse:
    """Return the 405 for a method that the path does not support."""
    body = {"status": "error", "message": "API endpoint does not exist", "success": False, "error": reason}
    return error_response(405, body, {"Allow": allowed})


def too_many_requests(seconds: int) -> HttpResponse:
    """Return the 429 for a throttled request or a login attempt that was made too early."""
    reason = (
        "Error, too many requests. Please slow down. "
        f"You must wait {seconds} seconds before trying this endpoint again. [{TOO_MANY_REQUESTS}]"
    )
    body = {"success": False, "errorType": TOO_MANY_REQUESTS, "error": reason}
    return error_response(429, body, {"Retry-After": str(seconds)})


def unavailable(reason: str = "Service Unavailable", seconds: int = UNAVAILABLE_RETRY_SECONDS) -> HttpResponse:
    """Return the 503 for an unavailable database, or for what is not to be had at the moment for the reason given."""
    return error_response(503, {"success": False, "error": reason}, {"Retry-After": str(seconds)})


def not_installed(reason: str) -> HttpResponse:
    """Return the 501 for what needs a package that is not installed; `reason` says which extra installs it."""
    return error_response(501, {"success": False, "error": reason})


def internal_error() -> HttpResponse:
    """Return the 500 for an unexpected exception, whose details are only logged."""
    return error_response(500, {"success": False, "error": "Internal server error"})


def server_failure(exc: BaseException | None) -> HttpResponse:
    """Return a 503 if the exception means that the database is unavailable or read-only, else a 500."""
    failure = failure_of(exc)
    if failure is None:
        return internal_error()
    return unavailable() if failure is Failure.AWAY else unavailable(failure)


def exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse:
    """Convert any exception of a view to its error response."""
    view = context["view"]
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return not_logged_in(view.get_authenticate_header(context["request"]))
    if isinstance(exc, exceptions.PermissionDenied):
        return not_allowed()
    if isinstance(exc, exceptions.MethodNotAllowed):
        return method_not_allowed(str(exc.detail), ", ".join(view.allowed_methods))
    if isinstance(exc, Http404 | exceptions.NotFound):
        return not_found()
    return _rate_limited(exc) or _bad_request(exc) or _server_error(exc)


def _rate_limited(exc: Exception) -> HttpResponse | None:
    if isinstance(exc, exceptions.Throttled):
        return too_many_requests(int(getattr(exc, "wait", 1)))
    if isinstance(exc, TooManyAttempts):
        return too_many_requests(exc.seconds)
    if isinstance(exc, NotNow):
        return unavailable(str(exc), exc.seconds)
    return not_installed(str(exc)) if isinstance(exc, MissingPackage) else None


def _bad_request(exc: Exception) -> HttpResponse | None:
    if isinstance(exc, ParameterError):
        return invalid(str(exc), error_type=exc.error_type)
    if isinstance(exc, RequestDataTooBig):
        return invalid("The body is too large.", status=413)
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return invalid("The body must be JSON or a form, with the matching Content-Type.", status=415)
    if isinstance(exc, exceptions.ParseError):
        return invalid(str(exc.detail))
    if isinstance(exc, BadRequest | SuspiciousOperation | TooManyFieldsSent):
        return invalid("The request is malformed.")
    return None


def _server_error(exc: Exception) -> HttpResponse:
    if failure := failure_of(exc):
        logger.error("%s %s", failure, exc)
    else:
        logger.error("A request failed.", exc_info=exc)
    return server_failure(exc)
