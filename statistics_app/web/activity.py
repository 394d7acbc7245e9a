"""The page of activity, and the downloads of its tables as files."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from ..accounts.permissions import can_view_people, can_view_room_names
from ..exceptions import ParameterError
from ..exports.activity_files import activity_file
from ..history.activity_summary import is_presence_known
from ..http.preferences import preferred_zone
from ..http.query_parameters import zones
from ..presentation.activity import activity_page
from .activity_form import ActivityForm
from .as_of import latest_as_of
from .base import StatisticsPage, is_partial
from .displays import to_display
from .error_messages import error_context
from .range_form import local_text


class ActivityView(StatisticsPage, View):
    """Who is active, how much is written, and when."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Render the page of a time range, or the error and the form as it was filled in; redirect to the page for displays."""
        if "kiosk" in request.GET:
            return to_display("statistics:display-activity", request.GET)
        form = ActivityForm.read(request.GET, preferred_zone(request))
        context: dict[str, Any] = {"form": form, "since": "", "until": ""}
        status = 200
        try:
            context |= _context(form, request.user)
        except ParameterError as error:
            context, status = context | error_context(error, form.known_zone(preferred_zone(request))), 400
        context |= {"as_of": latest_as_of(), "is_part": is_partial(request)}
        if is_partial(request):
            return render(request, "statistics_app/_activity.html", context, status=status)
        context |= {"here": "activity", "zones": sorted(zones()), "is_presence_known": is_presence_known()}
        return render(request, "statistics_app/activity.html", context, status=status)


class ActivityFileView(StatisticsPage, View):
    """The values of one chart or table as a download."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return what `show` names as CSV."""
        form = ActivityForm.read(request.GET, preferred_zone(request))
        try:
            file = activity_file(
                request.GET,
                *form.request(timezone.now()),
                with_names=can_view_room_names(request.user),
                with_people=can_view_people(request.user),
            )
        except ParameterError as error:
            return HttpResponseBadRequest(error.translated, content_type="text/plain; charset=utf-8")
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return HttpResponse(file.content, content_type=file.media_type, headers=headers)


def _context(form: ActivityForm, user: Any) -> dict[str, Any]:
    now = timezone.now()
    activity, shown = form.request(now)
    since, until = (local_text(moment, shown.zone) for moment in (shown.since, shown.until))
    page = activity_page(activity, shown, now, with_names=can_view_room_names(user), with_people=can_view_people(user))
    return {"page": page, "since": since, "until": until}
