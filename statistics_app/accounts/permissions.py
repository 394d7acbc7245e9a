"""The permissions: `view-statistics`, without which nothing is shown, and two further ones, for names."""

from typing import Any

PERMISSION = "statistics_app.view_statistics"
ROOM_NAMES = "statistics_app.view_room_names"
PEOPLE = "statistics_app.view_people"


def can_view_statistics(user: Any) -> bool:
    """Return whether a user has `view-statistics`: directly, through a group, or as a superuser."""
    return _has(user, PERMISSION)


def can_view_room_names(user: Any) -> bool:
    """Return whether a user may see the names of rooms that are not public."""
    return _has(user, ROOM_NAMES)


def can_view_people(user: Any) -> bool:
    """Return whether a user may see the names and the activity of single people."""
    return _has(user, PEOPLE)


def _has(user: Any, permission: str) -> bool:
    return bool(user and user.is_active and user.has_perm(permission))
