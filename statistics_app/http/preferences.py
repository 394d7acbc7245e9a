"""A reader's preferences from cookies: the time zone and the colour theme."""

from enum import StrEnum
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from .query_parameters import zones

ZONE_COOKIE = "statistics_zone"
THEME_COOKIE = "statistics_theme"


class Theme(StrEnum):
    """The colour theme: the system's, or the reader's choice."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @property
    def next(self) -> "Theme":
        """The theme that the theme switch selects next."""
        return {Theme.SYSTEM: Theme.DARK, Theme.DARK: Theme.LIGHT, Theme.LIGHT: Theme.SYSTEM}[self]


def preferred_zone(request: HttpRequest) -> ZoneInfo:
    """Return the reader's time zone, or Django's current one if the cookie is missing or invalid."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    if name in zones():
        return ZoneInfo(name)
    current = timezone.get_current_timezone()
    return current if isinstance(current, ZoneInfo) else ZoneInfo("UTC")


def preferred_theme(request: HttpRequest) -> Theme:
    """Return the theme that the reader has chosen, or the system's."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Theme(theme) if theme in list(Theme) else Theme.SYSTEM
