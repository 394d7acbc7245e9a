"""Template filters for texts of the catalogue and the API."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..presentation.step_names import step_name
from ..texts import translate

register = template.Library()

register.filter("step_name", step_name)
register.filter("translated", translate)


@register.filter
def with_code(text: str) -> SafeString:
    """Render text between backticks as `<code>` elements."""
    parts = enumerate(text.split("`"))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", part) if i % 2 else part,) for i, part in parts))
