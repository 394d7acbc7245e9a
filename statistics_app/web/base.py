"""What all pages have in common: who may read them, in which time zone, and what a browser may load for them."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from ..accounts.permissions import can_view_statistics
from ..http.preferences import preferred_zone
from ..http.security_headers import add_security_headers


class BasePage:
    """A page that loads nothing but the app's own files and is kept by no cache, with times as the reader's clock has them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer strictly."""
        with timezone.override(preferred_zone(request)):
            try:
                response = self.refuse(request) or super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            except Http404:
                response = render(request, "statistics_app/not_found.html", status=404)
            # Django would write it later, when the zone is its own again.
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return add_security_headers(response)

    def refuse(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer those whom the page is not for; None lets in."""
        return None


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SignedInPage(BasePage):
    """A page for those who are signed in: others sign in first."""

    def refuse(self, request: HttpRequest) -> HttpResponseBase | None:
        """Let in, or send to the sign-in."""
        return None if request.user.is_authenticated else _to_sign_in(request)


class StatisticsPage(SignedInPage):
    """A page for those who may see statistics: others are told what to ask for."""

    def refuse(self, request: HttpRequest) -> HttpResponseBase | None:
        """Let in, or explain."""
        refused = super().refuse(request)
        if refused is None and not can_view_statistics(request.user):
            return render(request, "statistics_app/forbidden.html", {"is_refused": True}, status=403)
        return refused


def is_partial(request: HttpRequest) -> bool:
    """Say whether the page's script asks, for a part of a page."""
    return "HX-Request" in request.headers


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in and back; a part of a page is no place for it, so the whole page goes there."""
    if is_partial(request):
        response = HttpResponse(status=200)
        response.headers["HX-Redirect"] = redirect_to_login(_whole_page(request)).headers["Location"]
        return response
    # What was pressed is not pressed again by signing in.
    return redirect_to_login(request.get_full_path() if request.method == "GET" else reverse("statistics:workspace"))


def _whole_page(request: HttpRequest) -> str:
    """Return the path of the page that a part was asked for."""
    try:
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        parts = urlsplit("")
    path = parts.path or reverse("statistics:workspace")
    return f"{path}?{parts.query}" if parts.query else path
