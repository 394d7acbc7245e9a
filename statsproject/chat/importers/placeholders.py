"""Placeholders: rooms that rows of an export refer to, and of which it has no document.

Messages in them are in the total of messages and in the history, and in that of no kind of room, since nobody knows the kind.
The placeholders themselves are in no count of rooms. A room's document replaces its placeholder when it is loaded.
"""

from collections.abc import Iterator

from django.db.models import Q

from ..models import Room
from .collection import Placeholder
from .upsert import Row

IS_PLACEHOLDER = Q(type=Room.Type.UNKNOWN)


def room_placeholder(column: str) -> Placeholder:
    """Return the reference of a column to rooms, with placeholders where there are none."""
    return Placeholder(column, Room, _placeholder, IS_PLACEHOLDER)


def describe_placeholders() -> Iterator[str]:
    """Yield a line of a report that says how many placeholders there are, if there are any."""
    number = Room.objects.filter(IS_PLACEHOLDER).count()
    if number:
        yield f"Placeholder rooms, whose documents have not been imported: {number:,}"


def _placeholder(id_: str) -> Row:
    return {
        "id": id_,
        "type": Room.Type.UNKNOWN.value,
        "name": "",
        "parent_id": None,
        "team_id": None,
        "is_team_default": False,
        "is_archived": False,
        "created_at": None,
    }
