"""Template filters and tags that format numbers and times in the reader's locale."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ..models.utc_text import TIME_FORMAT
from ..presentation.number_format import UNKNOWN, format_duration
from ..serialization import wire_time as to_wire

register = template.Library()


@register.filter
def grouped(value: Any) -> str:
    """Format a number with the locale's thousand separators, regardless of the host's settings."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def grouped_or_unknown(value: Any) -> str:
    """Format a number as `grouped` does, or return a dash if it is unknown."""
    return UNKNOWN if value is None else grouped(value)


@register.filter
def unlocalized(value: Any) -> str:
    """Format a number without localization, for attributes of HTML elements."""
    return str(value)


@register.filter
def wire(value: datetime) -> str | None:
    """Format a time as the API does, for `<time datetime>`."""
    return to_wire(value)


@register.filter
def svg(value: float) -> str:
    """Format a number with at most two decimals and without localization, for attributes of SVG elements."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@register.simple_tag
def moment(value: datetime, form: str = "") -> SafeString:
    """Render a `<time>` element in the reader's time zone, with the time in UTC as its tooltip."""
    local = formats.date_format(timezone.localtime(value), form or gettext(TIME_FORMAT))
    utc = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', to_wire(value), utc, local)


@register.filter
def age(moment: datetime) -> str:
    """Format the time that has passed since a moment."""
    return duration((timezone.now() - moment).total_seconds())


@register.filter
def duration(seconds: float) -> str:
    """Format seconds as the two largest units that are not 0."""
    return format_duration(seconds)
