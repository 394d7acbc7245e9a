"""Pages for displays on walls, opened by a link with a token of its own.

The link is visited once: it puts the token into a cookie that only these pages receive, and redirects to an address without it.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from ..accounts.displays import find_display_token
from ..accounts.permissions import can_view_statistics
from ..accounts.usage import count_use
from ..history.spans import SPANS
from ..http.preferences import Theme, preferred_theme, preferred_zone
from ..http.query_parameters import zones
from ..models import Snapshot
from ..presentation.displays import activity_display, messages_chart
from ..presentation.headlines import DEFAULT_SPAN, headlines, labels
from ..snapshots.staleness import overdue_at
from .base import BasePage

COOKIE = "statistics_display"
REFRESH_SECONDS = 60
# Browsers keep no cookie for longer.
_COOKIE_AGE = timedelta(days=400)
# What the address of a display says beside its page.
_FIELDS = ("theme", "range", "tz")


def to_display(url_name: str, query: QueryDict) -> HttpResponse:
    """Redirect to the page for a display, with what the query says of it."""
    fields = urlencode({name: query[name] for name in _FIELDS if name in query}, safe="/")
    return redirect(f"{reverse(url_name)}?{fields}" if fields else reverse(url_name))


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class DisplayPage(BasePage):
    """A page for displays with a valid token, and for viewers who are signed in."""

    default_span = DEFAULT_SPAN
    is_preview = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer as other pages do, and let the browser try again after a while if that is an error."""
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code >= 400:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def zone(self, request: HttpRequest) -> ZoneInfo:
        """Return the zone that the address names, or the reader's."""
        name = request.GET.get("tz", "")
        return ZoneInfo(name) if name in zones() else preferred_zone(request)

    def denied_response(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return the page that says that the display shows nothing, whatever the reason, unless access is allowed."""
        if use_token(request.COOKIES.get(COOKIE, "")):
            return None
        self.is_preview = can_view_statistics(request.user)
        return None if self.is_preview else self.ended_response(request)

    def ended_response(self, request: HttpRequest) -> HttpResponse:
        """Return the page that says that the display shows nothing."""
        return render(request, "statistics_app/display_ended.html", self.page_context(request), status=403)

    def page_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return the colours, when the page is loaded again, and whether somebody who is signed in looks at it."""
        theme = request.GET.get("theme", "")
        return {
            "theme": theme if theme in list(Theme) else preferred_theme(request),
            "refresh_seconds": REFRESH_SECONDS,
            "is_preview": self.is_preview,
        }

    def shown_context(self, request: HttpRequest, now: datetime) -> dict[str, Any]:
        """Return the context of every page that shows numbers: the latest snapshot, and whether a newer one is overdue.

        Why it is overdue is not for everybody to read.
        """
        latest = Snapshot.objects.latest_taken()
        is_overdue = latest is not None and now >= overdue_at(latest)
        context = {"snapshot": latest, "is_overdue": is_overdue, "span": labels()[self.span(request)]}
        return {**self.page_context(request), **context}

    def span(self, request: HttpRequest) -> str:
        """Return the name of the time range in the address, or the default."""
        name = request.GET.get("range", "")
        return name if name in SPANS else self.default_span


class OpenDisplayView(DisplayPage, View):
    """The link of a display."""

    def denied_response(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return the page that says that the link shows nothing, unless its token is valid; a session does not count."""
        return None if use_token(request.GET.get("token", "")) else self.ended_response(request)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Store the token in a cookie for the pages of displays alone, and redirect to the page without it."""
        is_activity = request.GET.get("page") == "activity"
        response = to_display("statistics:display-activity" if is_activity else "statistics:display", request.GET)
        response.set_cookie(
            COOKIE,
            request.GET["token"],
            max_age=_COOKIE_AGE,
            path=reverse("statistics:display"),
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return response


class WorkspaceDisplayView(DisplayPage, TemplateView):
    """The most important numbers, and the messages that were sent."""

    template_name = "statistics_app/display_workspace.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context of the latest snapshot and of the time up to now."""
        now, zone, span = timezone.now(), self.zone(self.request), self.span(self.request)
        context = self.shown_context(self.request, now)
        if snapshot := context["snapshot"]:
            context["headlines"] = headlines(snapshot, span, zone)
            context["charts"] = messages_chart(SPANS[span], now, zone)
        return super().get_context_data(**context, **kwargs)


class ActivityDisplayView(DisplayPage, TemplateView):
    """How many people are active, when, and how much is written."""

    template_name = "statistics_app/display_activity.html"
    default_span = "30d"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context of the time up to now."""
        now = timezone.now()
        activity = activity_display(SPANS[self.span(self.request)], now, self.zone(self.request))
        return super().get_context_data(**self.shown_context(self.request, now), activity=activity, **kwargs)


def use_token(secret: str) -> bool:
    """Return whether a token opens the pages of displays, and record its use. Errors: TooManyAttempts."""
    now = timezone.now()
    token = find_display_token(secret, now)
    if token is None:
        return False
    if usage := count_use("THROTTLE_READ", token.pk, exactly=False):
        usage.require_within()
    token.record_use(now)
    return True
