"""Error handlers for a host's root URLconf: errors below the API's mount are JSON, all others are Django's own pages.

They cover what Django itself reports, such as an unknown host name or an exception in a middleware. A host enables them with
`from statistics_app.api.handlers import handler400, handler403, handler404, handler500`.
"""

import re
import sys
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views import defaults

from . import errors
from .urls import app_name

_SLASHES = re.compile("/+")


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response to a request that Django rejects as malformed."""
    return _respond(request, lambda: errors.invalid("The request is malformed."), defaults.bad_request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response to a request that a middleware forbids."""
    return _respond(request, errors.not_allowed, defaults.permission_denied, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response to an unknown path."""
    return _respond(request, errors.not_found, defaults.page_not_found, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """Return the response to a request that raised an unexpected exception, which Django has logged."""
    as_json = errors.server_failure(sys.exc_info()[1])
    response = _respond(request, lambda: as_json, defaults.server_error)
    response.status_code = as_json.status_code
    if "Retry-After" in as_json.headers:
        response.headers["Retry-After"] = as_json.headers["Retry-After"]
    return response


def _respond(
    request: HttpRequest, as_json: Callable[[], HttpResponse], as_page: Callable[..., HttpResponse], *exception: Any
) -> HttpResponse:
    return as_json() if _is_below_mount(request) else as_page(request, *exception)


def _is_below_mount(request: HttpRequest) -> bool:
    """Return whether a path is meant for the API, as the bare mount and one with doubled slashes are too."""
    path = _SLASHES.sub("/", request.path_info)
    return any(app_name in _app_names(request, candidate) for candidate in (path, f"{path}/"))


def _app_names(request: HttpRequest, path: str) -> list[str]:
    try:
        return resolve(path, getattr(request, "urlconf", None)).app_names
    except Resolver404:
        return []
