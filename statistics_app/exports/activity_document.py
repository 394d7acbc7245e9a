"""Activity as JSON documents: that of a time range, and lists of single rooms and people."""

from collections.abc import Iterable
from typing import Any

from ..history.activity import Activity
from ..history.activity_metrics import activity_metrics
from ..history.activity_summary import Cohorts, RecentPeople, cohorts_of, hours_of, recent_people, why_unknown
from ..history.heat_map import DAYS, HOURS, HeatMap
from ..history.message_shares import MESSAGE_SHARES
from ..history.metrics import SENT_BY_KIND
from ..history.people import ActivePerson
from ..history.points import HistoryRange
from ..history.rooms import RoomActivity
from ..history.series import SeriesMode, series
from ..serialization import plain_number, wire_time
from .json_format import series_document

_PLACES = 2


def activity_document(kind: Activity, history_range: HistoryRange) -> dict[str, Any]:
    """Return who was active, how much was written and when; what is not known is null, with the reason."""
    reason = why_unknown()
    metrics = () if reason else activity_metrics(kind).all
    recent, cohorts = (None, None) if reason else (recent_people(kind, history_range), cohorts_of(history_range))
    hours = hours_of(history_range)
    points = series([*metrics, *SENT_BY_KIND, *MESSAGE_SHARES], history_range, SeriesMode.VALUE)
    return {
        **series_document(points, history_range, SeriesMode.VALUE),
        "activity": kind,
        "problem": reason or None,
        "recent": recent and _recent(recent),
        "cohorts": cohorts and _cohorts(cohorts),
        "hours": hours and _hours(hours),
    }


def rooms_document(rooms: Iterable[RoomActivity]) -> list[dict[str, Any]]:
    """Return an object for each room."""
    return [
        {
            "number": room.number,
            "name": room.name,
            "type": room.kind,
            "messages": room.messages,
            "messagesBefore": room.before,
            "growth": _rounded(room.growth),
            "people": room.people,
            "lastMessage": wire_time(room.last_message),
            "files": room.files,
            "bytes": room.bytes,
        }
        for room in rooms
    ]


def people_document(people: Iterable[ActivePerson]) -> list[dict[str, Any]]:
    """Return an object for each person."""
    return [{"name": one.name, "daysActive": one.days, "lastMessage": wire_time(one.last_message)} for one in people]


def _recent(recent: RecentPeople) -> dict[str, Any]:
    since, until = wire_time(recent.since), wire_time(recent.until)
    return {"since": since, "until": until, "people": recent.number, "peopleBefore": recent.before}


def _cohorts(cohorts: Cohorts) -> list[dict[str, Any]]:
    months = zip(cohorts.months, cohorts.people, strict=True)
    return [{"month": wire_time(month), "people": people} for month, people in months]


def _hours(hours: HeatMap) -> dict[str, Any]:
    averages = [_rounded(average) for average in hours.averages]
    return {"averages": [averages[day * HOURS : (day + 1) * HOURS] for day in range(DAYS)]}


def _rounded(number: float | None) -> float | int | None:
    return None if number is None else plain_number(round(number, _PLACES))
