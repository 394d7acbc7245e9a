"""What Django itself would answer, below the app's mount as JSON: a bad host name, an error in a middleware, a lost way.

A host's root URLconf takes them over with `from statistics_app.api.handlers import handler400, handler403, handler404,
handler500`; all other paths keep Django's pages.
"""

import sys
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views import defaults

from . import errors
from .urls import app_name


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django cannot work with."""
    return _answer(request, lambda: errors.invalid("The request is malformed."), defaults.bad_request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what a middleware forbids."""
    return _answer(request, errors.not_allowed, defaults.permission_denied, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a path that leads nowhere."""
    return _answer(request, errors.not_found, defaults.page_not_found, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer what nobody expected; Django has logged it."""
    return _answer(request, lambda: errors.server_failure(sys.exc_info()[1]), defaults.server_error)


def _answer(
    request: HttpRequest, in_json: Callable[[], HttpResponse], in_html: Callable[..., HttpResponse], *exception: Any
) -> HttpResponse:
    return in_json() if _is_below_mount(request) else in_html(request, *exception)


def _is_below_mount(request: HttpRequest) -> bool:
    try:
        return app_name in resolve(request.path_info, getattr(request, "urlconf", None)).app_names
    except Resolver404:
        return False
