"""The operations `statistics.activity`, `statistics.rooms` and `statistics.people`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ..accounts.permissions import can_view_room_names
from ..exceptions import ParameterError
from ..exports.activity_document import activity_document, people_document, rooms_document
from ..history.activity import Activity
from ..history.activity_summary import require_known
from ..history.people import PeopleOfRange, why_names_are_unknown
from ..history.points import HistoryRange
from ..history.request import moments, range_within, require_order
from ..history.rooms import rooms_of, why_rooms_are_unknown
from ..history.steps import STEPS_OF_DAYS, Step
from ..http.query_parameters import choice, whole_number, zone
from ..serialization import wire_time
from .activity_parameters import ACTIVITY, BY_SIZE, MOST_DAYS, PEOPLE, ROOM_ORDERS, ROOMS
from .base import ApiView
from .list_query import page_of
from .operation import operation
from .permissions import CanViewPeople, CanViewStatistics


class ActivityView(ApiView):
    """Who was active, how much was written, and when; no person is named."""

    permission_classes = [CanViewStatistics]

    @operation("Get activity over time", "Activity", parameters=ACTIVITY)
    def get(self, request: Request) -> Response:
        """Return the numbers of a time range by step, with cohorts and the hours of the week."""
        parameters = request.query_params
        kind = Activity(choice(parameters, "activity", [*Activity]))
        require_known(kind)
        history_range = range_within(*moments(parameters, timezone.now()), parameters, STEPS_OF_DAYS)
        return Response({**activity_document(kind, history_range), "success": True})


class RoomsView(ApiView):
    """The messages of single rooms, which are named only to those who may know them."""

    permission_classes = [CanViewStatistics]

    @operation("List rooms by their messages", "Rooms", parameters=ROOMS)
    def get(self, request: Request) -> Response:
        """Return the busiest rooms of a time range, those that have gone quiet, or those whose files take the most space."""
        since, until, offset, count, days = _listed(request.query_params)
        order = choice(request.query_params, "orderBy", ROOM_ORDERS)
        if days and order == BY_SIZE:
            raise ParameterError("'orderBy' cannot be 'bytes' together with 'withoutActivity'.")
        rooms = rooms_of(since, until, zone(request.query_params, "tz"))
        found, total = [], 0
        if rooms is not None:
            with_names = can_view_room_names(request.user)
            if days:
                found, total = rooms.quiet(days, offset, count, with_names=with_names), rooms.number_quiet(days)
            elif order == BY_SIZE:
                found, total = rooms.largest(offset, count, with_names=with_names), rooms.number_with_files
            else:
                found, total = rooms.busiest(offset, count, with_names=with_names), rooms.number_busy
        return Response(
            {
                "rooms": rooms_document(found),
                "since": wire_time(rooms.since if rooms else since),
                "until": wire_time(rooms.until if rooms else until),
                "sinceBefore": wire_time(rooms.previous_since if rooms else None),
                "filesAt": wire_time(rooms.files_at if rooms else None),
                "problem": why_rooms_are_unknown() or None,
                **_page(found, offset, total),
            }
        )


class PeopleView(ApiView):
    """Single people, for those who may see them."""

    permission_classes = [CanViewStatistics, CanViewPeople]

    @operation("List people by their activity", "People", parameters=PEOPLE)
    def get(self, request: Request) -> Response:
        """Return the people who wrote on the most days of a time range, or those who were not active for long."""
        since, until, offset, count, days = _listed(request.query_params)
        people = PeopleOfRange.of(HistoryRange(since, until, Step.DAY, zone(request.query_params, "tz")))
        reason = why_names_are_unknown()
        found, total = [], 0
        if people is not None and not reason:
            if days:
                found, total = people.idle(days, offset, count), people.number_idle(days)
            else:
                found, total = people.most_active(offset, count), people.number_active
        return Response({"people": people_document(found), "problem": reason or None, **_page(found, offset, total)})


def _listed(parameters: Mapping[str, str]) -> tuple[datetime, datetime, int, int, int]:
    """Parse the start, the end, the offset, the number of entries, and the number of days without activity, 0 if absent."""
    since, until = moments(parameters, timezone.now())
    require_order(since, until)
    days = whole_number(parameters, "withoutActivity", 0)
    if "withoutActivity" in parameters and not 0 < days <= MOST_DAYS:
        raise ParameterError(f"'withoutActivity' must be from 1 to {MOST_DAYS}.")
    offset, count = page_of(parameters)
    return since, until, offset, count, days


def _page(found: list[Any], offset: int, total: int) -> dict[str, Any]:
    return {"count": len(found), "offset": offset, "total": total, "success": True}
