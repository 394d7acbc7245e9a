"""Every error body of the API, and what becomes of an exception."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404
from filelock import Timeout
from rest_framework import exceptions
from rest_framework.response import Response

from ..exceptions import ParameterError

logger = logging.getLogger(__name__)

UNAVAILABLE_RETRY_SECONDS = 5
INVALID_PARAMETERS = "error-invalid-params"


def error(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """Make the answer to a request that could not be served."""
    return Response(body, status=status, headers=headers)


def not_logged_in(challenge: str) -> Response:
    """Answer missing, wrong, expired or mismatched credentials, all alike."""
    body = {"status": "error", "message": "You must be logged in to do this."}
    return error(401, body, {"WWW-Authenticate": challenge})


def login_refused(challenge: str) -> Response:
    """Answer a login with an unknown name or a wrong password, both alike."""
    body = {"status": "error", "error": "Unauthorized", "message": "Unauthorized"}
    return error(401, body, {"WWW-Authenticate": challenge})


def not_allowed() -> Response:
    """Answer one who lacks the permission."""
    return error(403, {"success": False, "error": "error-not-allowed", "errorType": "error-not-allowed"})


def invalid(reason: str, *, status: int = 400, error_type: str = INVALID_PARAMETERS) -> Response:
    """Answer a parameter or a body that cannot be used: what, and why."""
    return error(status, {"success": False, "errorType": error_type, "error": reason})


def not_found() -> Response:
    """Answer a path that does not exist."""
    return error(404, {"success": False, "error": "Resource not found"})


def method_not_allowed(reason: str, allowed: str) -> Response:
    """Answer a method that the path does not know."""
    body = {"status": "error", "message": "API endpoint does not exist", "success": False, "error": reason}
    return error(405, body, {"Allow": allowed})


def unavailable() -> Response:
    """Answer while the database is away."""
    body = {"success": False, "error": "Service Unavailable"}
    return error(503, body, {"Retry-After": str(UNAVAILABLE_RETRY_SECONDS)})


def internal() -> Response:
    """Answer what nobody expected; the details are in the log only."""
    return error(500, {"success": False, "error": "Internal server error"})


def answer(exc: Exception, context: dict[str, Any]) -> Response:
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
    return _answer_bad_input(exc) or _answer_failure(exc)


def _answer_bad_input(exc: Exception) -> Response | None:
    if isinstance(exc, ParameterError):
        return invalid(str(exc), error_type=exc.error_type)
    if isinstance(exc, RequestDataTooBig):
        return invalid("The body is too large.", status=413)
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return invalid(str(exc.detail), status=415)
    if isinstance(exc, exceptions.ParseError):
        return invalid(str(exc.detail))
    if isinstance(exc, BadRequest | SuspiciousOperation | TooManyFieldsSent):
        return invalid("The request is malformed.")
    return None


def _answer_failure(exc: Exception) -> Response:
    if isinstance(exc, OperationalError | InterfaceError | Timeout):
        logger.error("The database does not answer: %s", exc)
        return unavailable()
    logger.error("A request failed.", exc_info=exc)
    return internal()
