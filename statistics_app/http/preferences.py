"""A reader's preferences from cookies: the time zone, the language and the colour theme."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation

from .query_parameters import zones

ZONE_COOKIE = "statistics_zone"
THEME_COOKIE = "statistics_theme"
ENGLISH = "en"
_LOCALES = Path(__file__).resolve().parent.parent / "locale"


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


def preferred_language(request: HttpRequest) -> str:
    """Return the reader's language, or Django's current one; English if the app has no translation into that.

    The cookie is the one that Django's LocaleMiddleware reads, so that the whole host follows the choice.
    """
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in languages():
        return chosen
    current = translation.get_language() or ENGLISH
    return current if catalogue_of(current) else ENGLISH


def languages() -> dict[str, str]:
    """Return the languages that readers can choose, by code, each with its name in itself.

    These are the languages of the host into which the app is translated, without their regional variants.
    """
    codes: dict[str, str] = {}
    for code, _ in settings.LANGUAGES if settings.USE_I18N else ():
        if catalogue := catalogue_of(code):
            codes.setdefault(catalogue, code)
    return {code: translation.get_language_info(code)["name_local"] for code in codes.values()}


def shown_language() -> str:
    """Return the language of the texts that are shown in Django's current language."""
    current = translation.get_language() or ENGLISH
    return current if settings.USE_I18N and catalogue_of(current) not in ("", ENGLISH) else ENGLISH


def catalogue_of(code: str) -> str:
    """Return the name of the folder with the app's translation into a language, or that without its region; empty if none."""
    names = (translation.to_locale(code), code.partition("-")[0])
    return next((name for name in names if name in _catalogues()), "")


def preferred_theme(request: HttpRequest) -> Theme:
    """Return the theme that the reader has chosen, or the system's."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Theme(theme) if theme in list(Theme) else Theme.SYSTEM


@cache
def _catalogues() -> frozenset[str]:
    """Return the names of the folders with compiled translations; the texts themselves are English."""
    return frozenset({ENGLISH, *(path.parent.parent.name for path in _LOCALES.glob("*/LC_MESSAGES/django.mo"))})
