"""The one permission: `view-statistics`."""

from typing import Any

PERMISSION = "statistics_app.view_statistics"


def can_view_statistics(user: Any) -> bool:
    """Return whether a user has `view-statistics`: directly, through a group, or as a superuser."""
    return bool(user and user.is_active and user.has_perm(PERMISSION))
