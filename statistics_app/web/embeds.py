"""Charts as pictures that other sites embed, at signed addresses, and the page that makes such addresses."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.generic import View

from .. import __version__
from ..accounts.embeds import Embed, EmbedEnded, NoEmbed, expires_at, read, sign
from ..accounts.usage import count_use
from ..conf import setting
from ..exceptions import MissingPackage, ParameterError
from ..history.points import HistoryRange
from ..history.steps import MIN_DURATION
from ..http.preferences import ENGLISH, Theme, preferred_zone, shown_language
from ..http.query_parameters import choice
from ..models import Snapshot
from ..presentation.pictures import COLOURS, WIDTH, Picture, height_of, png, require_png, svg
from ..presentation.stacks import layouts
from ..presentation.titles import title
from ..texts import gettext_noop as _
from .base import BasePage, StatisticsPage
from .history import shown_charts
from .history_form import HistoryForm

_TEXT = "text/plain; charset=utf-8"
# A picture that is opened by itself loads nothing, runs nothing, and is in no frame.
_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ENDED = (
    _("This chart is no longer available."),
    _("Its address has expired, or the account that made it may not see the statistics any more."),
    _("Make a new address with “Embed” on the page History."),
)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class EmbedView(BasePage, View):
    """A chart as a picture, for whoever has its address."""

    http_method_names = ("get", "head")
    is_png = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer as other pages do, with headers that allow pictures elsewhere and nothing else."""
        response = super().dispatch(request, *args, **kwargs)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        return response

    def language(self, request: HttpRequest) -> str:
        """Return English: a picture is the same for all who see it, in the language in which its address was made."""
        return ENGLISH

    def get(self, request: HttpRequest, signed: str) -> HttpResponseBase:
        """Return the picture; one that says that its address has ended (410); a text for an address that is not ours (404)."""
        try:
            embed = read(signed)
            with translation.override(embed.language):
                return self._current(request, signed, embed)
        except NoEmbed:
            return HttpResponseNotFound(
                gettext("This is not the address of a chart, or only a part of one."), content_type=_TEXT
            )
        except (EmbedEnded, ParameterError):
            # An older version may have known what this one cannot show.
            return self._drawn(Picture(Theme.LIGHT, lines=[*map(gettext, _ENDED)]), 410)

    def _current(self, request: HttpRequest, signed: str, embed: Embed) -> HttpResponseBase:
        """Return the picture of an address that is valid; 304 if the client has it already."""
        if usage := count_use("THROTTLE_READ", f"embed\0{signed}", exactly=False):
            usage.require_within()
        now = timezone.now()
        form = HistoryForm.read(QueryDict(embed.query), preferred_zone(request))
        selection = form.request(now)
        etag = _etag(signed, selection.range)
        response = get_conditional_response(request, etag)
        if response is None or response.status_code != 304:
            response = self._drawn(Picture(embed.theme, request.get_host(), shown_charts(form, selection, now)))
        response.headers["Content-Language"] = shown_language()
        if response.status_code < 400:
            response.headers["ETag"] = etag
            response.headers["Cache-Control"] = f"private, max-age={_seconds_left(selection.range, now)}"
        return response

    def _drawn(self, picture: Picture, status: int = 200) -> HttpResponse:
        """Return a picture in the format of the address; a text if that needs a package that is not installed (501)."""
        try:
            content = png(picture) if self.is_png else svg(picture)
        except MissingPackage as error:
            return HttpResponse(str(error), status=501, content_type=_TEXT)
        return HttpResponse(content, status=status, content_type="image/png" if self.is_png else "image/svg+xml")


@dataclass(frozen=True, slots=True)
class EmbeddedChart:
    """A chart, and the addresses of its pictures."""

    title: str
    svg: str
    png: str


class HistoryEmbedView(StatisticsPage, View):
    """The page that makes the addresses of charts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show each chart with its addresses; if they cannot be shown, redirect to the page of charts, which says why."""
        form = HistoryForm.read(request.GET, preferred_zone(request))
        try:
            theme = choice(request.GET, "theme", [*COLOURS])
            embedded = list(_embedded(request, form, theme))
        except ParameterError:
            return redirect(f"{reverse('statistics:history')}?{request.GET.urlencode()}")
        context = {"form": form, "theme": theme, "themes": [*COLOURS], "embedded": embedded, "expires_at": expires_at()}
        context |= {"no_png": _no_png(), "width": WIDTH, "height": height_of(1), "here": "history"}
        return render(request, "statistics_app/embed.html", context)


def _embedded(request: HttpRequest, form: HistoryForm, theme: str) -> Iterator[EmbeddedChart]:
    selection = form.request(timezone.now())
    for layout in layouts(selection.metrics, selection.mode, len(selection.range.starts)):
        query = replace(form, metrics=tuple(metric.key for metric in layout.metrics)).query_string
        signed = sign(Embed(query, theme, shown_language()), request.user)
        addresses = (
            request.build_absolute_uri(reverse(f"statistics:{name}", args=[signed])) for name in ("embed", "embed-png")
        )
        yield EmbeddedChart(title(layout, selection.mode, selection.range.step), *addresses)


def _no_png() -> str:
    """Return why there are no PNG files; empty if there are."""
    try:
        require_png()
    except MissingPackage as error:
        return error.text
    return ""


def _etag(signed: str, history_range: HistoryRange) -> str:
    """Return what changes with everything that the picture shows but the present time."""
    latest = Snapshot.objects.without_documents().latest_taken()
    coverage = history_range.coverage
    counted = (coverage.past, coverage.until) if coverage else ()
    shown = (
        __version__,
        signed,
        latest and latest.pk,
        *counted,
        history_range.bounds[0],
        history_range.bounds[-1],
    )
    return f'W/"{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}"'


def _seconds_left(history_range: HistoryRange, now: datetime) -> int:
    """Return the time until a newer picture is due: with the next step, or the next snapshot if that comes before."""
    length = min(MIN_DURATION[history_range.step], timedelta(seconds=setting("INTERVAL")))
    return int(length.total_seconds() - now.timestamp() % length.total_seconds())
