"""What a reader's browser has told of its reader: the time zone, and whether the pages are to be light or dark."""

from enum import StrEnum
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from .query_parameters import zones

ZONE_COOKIE = "statistics_zone"
THEME_COOKIE = "statistics_theme"


class Theme(StrEnum):
    """As the system has it, or as the reader chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @property
    def next(self) -> "Theme":
        """The one that the switch leads to."""
        return {Theme.SYSTEM: Theme.DARK, Theme.DARK: Theme.LIGHT, Theme.LIGHT: Theme.SYSTEM}[self]


def preferred_zone(request: HttpRequest) -> ZoneInfo:
    """Return the reader's zone; where the browser did not say it, the one that Django has."""
    name = request.COOKIES.get(ZONE_COOKIE, "")
    if name in zones():
        return ZoneInfo(name)
    known = timezone.get_current_timezone()
    return known if isinstance(known, ZoneInfo) else ZoneInfo("UTC")


def preferred_theme(request: HttpRequest) -> Theme:
    """Return what the reader chose."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return Theme(chosen) if chosen in list(Theme) else Theme.SYSTEM
