"""What the frame of all pages says: the reader's choices, the version, and which scripts are there."""

from functools import cache
from pathlib import Path

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone

from .. import __version__
from ..http.preferences import Theme, preferred_theme

register = template.Library()

_VENDOR = "statistics_app/vendor"
_FOLDER = Path(__file__).resolve().parent.parent / "static" / _VENDOR


@register.simple_tag(takes_context=True)
def theme(context: Context) -> Theme:
    """Return what the reader chose, light or dark or as the system has it."""
    request = getattr(context, "request", None)
    return preferred_theme(request) if request else Theme.SYSTEM


@register.simple_tag
def app_version() -> str:
    """Return the app's version."""
    return __version__


@register.simple_tag
def zone_name() -> str:
    """Return the name of the time zone that times are shown in."""
    known = timezone.get_current_timezone()
    return getattr(known, "key", "") or timezone.get_current_timezone_name()


@register.simple_tag
def vendored(name: str) -> str:
    """Return the URL of a file of others that the set-up put beside the app's own, or nothing: pages do without."""
    return static(f"{_VENDOR}/{name}") if name in _names() else ""


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.glob("*"))
