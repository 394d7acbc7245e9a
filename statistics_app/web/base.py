"""Base classes of all pages: access, the reader's language and time zone, headers, and what is temporarily unavailable."""

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.db import Error, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator

from ..accounts.permissions import can_view_statistics
from ..db.failures import failure_of
from ..exceptions import Busy, TooManyAttempts
from ..http.preferences import preferred_language, preferred_zone, shown_language
from ..http.security_headers import add_security_headers

logger = logging.getLogger(__name__)

UNAVAILABLE_RETRY_SECONDS = 5


class BasePage:
    """A page with a strict Content-Security-Policy that caches do not store, in the reader's language and time zone."""

    # Django's views of forms would take a PUT for a POST with an empty form.
    http_method_names: Sequence[str] = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check access, render the page in the reader's language and time zone, and add the headers."""
        with translation.override(self.language(request)), timezone.override(self.zone(request)):
            try:
                response = self.denied_response(request) or super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
                # Django would render a template response after this method has returned, when the override has ended.
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            except Http404:
                response = render(request, "statistics_app/not_found.html", status=404)
            except (Busy, TooManyAttempts) as error:
                status = 503 if isinstance(error, Busy) else 429
                response = render(request, "statistics_app/busy.html", {"error": error}, status=status)
                response.headers["Retry-After"] = str(error.seconds)
            except Error as error:
                response = _unavailable(error)
            response.headers.setdefault("Content-Language", shown_language())
        return add_security_headers(response)

    def language(self, request: HttpRequest) -> str:
        """Return the language of the page: the reader's."""
        return preferred_language(request)

    def zone(self, request: HttpRequest) -> ZoneInfo:
        """Return the time zone of the page: the reader's."""
        return preferred_zone(request)

    def denied_response(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return the response for a request that is denied access to the page, or None if access is allowed."""
        return None


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SignedInPage(BasePage):
    """A page for signed-in users; other visitors are redirected to the sign-in page."""

    def denied_response(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return a redirect to the sign-in page unless the user is signed in."""
        return None if request.user.is_authenticated else _redirect_to_sign_in(request)


class StatisticsPage(SignedInPage):
    """A page for users with the permission to view statistics; others see which permission they lack."""

    def denied_response(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return a redirect to the sign-in page, or the page that names the missing permission, unless access is allowed."""
        response = super().denied_response(request)
        if response is None and not can_view_statistics(request.user):
            return render(request, "statistics_app/forbidden.html", {"is_refused": True}, status=403)
        return response


def _unavailable(error: Error) -> HttpResponse:
    """Return the page for a database that cannot serve a request at the moment; raise any other error again."""
    failure = failure_of(error)
    if failure is None:
        raise error
    logger.error("%s %s", failure, error)
    # Without the request, whose user the database knows.
    text = render_to_string("statistics_app/unavailable.html", {"failure": failure})
    return HttpResponse(text, status=503, headers={"Retry-After": str(UNAVAILABLE_RETRY_SECONDS)})


def is_partial(request: HttpRequest) -> bool:
    """Return whether htmx sent the request, which needs only a part of the page."""
    return "HX-Request" in request.headers


def _redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page, and from there back to the page.

    The sign-in page must not replace a part of another page, so htmx has to load it as a whole.
    """
    if is_partial(request):
        response = HttpResponse(status=200)
        response.headers["HX-Redirect"] = redirect_to_login(_current_page(request)).headers["Location"]
        return response
    # Signing in does not repeat a POST request.
    return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("statistics:workspace"))


def _current_page(request: HttpRequest) -> str:
    """Return the path and query of the page from which htmx sent the request."""
    try:
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        parts = urlsplit("")
    path = parts.path or reverse("statistics:workspace")
    return f"{path}?{parts.query}" if parts.query else path
