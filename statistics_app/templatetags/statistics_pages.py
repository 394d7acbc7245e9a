"""Template tags for the base template: the reader's theme, language and time zone, the version, and third-party files."""

from functools import cache
from pathlib import Path

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString

from .. import __version__
from ..http.preferences import Theme, catalogue_of, languages, preferred_theme, shown_language
from ..presentation.script_texts import texts_of_scripts
from ..serialization import to_json

register = template.Library()

_VENDOR = "statistics_app/vendor"
_FOLDER = Path(__file__).resolve().parent.parent / "static" / _VENDOR


@register.simple_tag(takes_context=True)
def theme(context: Context) -> Theme:
    """Return the reader's theme: light, dark, or the system's."""
    request = getattr(context, "request", None)
    return preferred_theme(request) if request else Theme.SYSTEM


@register.simple_tag
def page_language() -> str:
    """Return the language of the page's texts."""
    return shown_language()


@register.simple_tag
def language_choices() -> list[tuple[str, str, bool]]:
    """Return the code and name of each language that can be chosen, and whether it is the page's; none if there is one only."""
    choices = languages().items() if len(languages()) > 1 else ()
    return [(code, name, catalogue_of(code) == catalogue_of(shown_language())) for code, name in choices]


@register.simple_tag
def theme_texts(current: Theme) -> dict[str, str]:
    """Return the label and the title of the button that switches to the next theme."""
    texts = texts_of_scripts()
    return {name: texts[key] % {"theme": texts[current]} for name, key in (("label", "changeColours"), ("title", "colours"))}


@register.simple_tag
def script_texts() -> str:
    """Return the texts of the scripts as JSON."""
    return to_json(texts_of_scripts())


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
