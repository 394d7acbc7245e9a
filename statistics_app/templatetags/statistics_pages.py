"""Template tags for the base template: the reader's theme and time zone, the version, and third-party files."""

from functools import cache
from pathlib import Path

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString

from .. import __version__
from ..http.preferences import Theme, preferred_theme

register = template.Library()

_VENDOR = "statistics_app/vendor"
_FOLDER = Path(__file__).resolve().parent.parent / "static" / _VENDOR


@register.simple_tag(takes_context=True)
def theme(context: Context) -> Theme:
    """Return the reader's theme: light, dark, or the system's."""
    request = getattr(context, "request", None)
    return preferred_theme(request) if request else Theme.SYSTEM


@register.simple_tag
def app_version() -> str:
    """Return the app's version."""
    return __version__


@register.simple_tag
def zone_name() -> str:
    """Return the name of the current time zone, in which times are shown."""
    current = timezone.get_current_timezone()
    return getattr(current, "key", "") or timezone.get_current_timezone_name()


@register.simple_tag(takes_context=True)
def mark_invalid(context: Context, name: str) -> SafeString:
    """Return the attributes of a field that refer to the error of the page, if it is about this field."""
    return SafeString('aria-invalid="true" aria-describedby="error"' if context.get("invalid") == name else "")


@register.simple_tag
def vendored(name: str) -> str:
    """Return the URL of a third-party file, or an empty string if it is not installed; pages work without it."""
    return static(f"{_VENDOR}/{name}") if name in _vendored_names() else ""


@cache
def _vendored_names() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.glob("*"))
