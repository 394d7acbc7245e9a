"""Numbers and times as the reader's locale writes them."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from ..presentation.comparison import TIME_FORM
from ..presentation.number_format import UNKNOWN
from ..serialization import wire_time as to_wire

register = template.Library()


@register.filter
def grouped(value: Any) -> str:
    """Write a number with the locale's marks for thousands, whatever the host's settings."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def grouped_or_unknown(value: Any) -> str:
    """Write a number, or a dash where it is unknown."""
    return UNKNOWN if value is None else grouped(value)


@register.filter
def unlocalized(value: Any) -> str:
    """Write a number as HTML's attributes want it."""
    return str(value)


@register.filter
def wire(value: datetime) -> str | None:
    """Write a time as the API does, for `<time datetime>`."""
    return to_wire(value)


@register.filter
def svg(value: float) -> str:
    """Write a number as SVG's attributes want it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@register.simple_tag
def moment(value: datetime, form: str = TIME_FORM) -> SafeString:
    """Write a time on the reader's clock, with that of UTC when it is pointed at."""
    here = formats.date_format(timezone.localtime(value), form)
    utc = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', to_wire(value), utc, here)


@register.filter
def age(moment: datetime) -> str:
    """Write how long ago a moment was."""
    return duration((timezone.now() - moment).total_seconds())


@register.filter
def duration(seconds: float) -> str:
    """Write seconds as days, hours and minutes: the two greatest that are not 0."""
    minutes, whole = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        (days, ngettext("%d day", "%d days", days)),
        (hours, "%d h"),
        (minutes, "%d min"),
        (whole, "%d s"),
    ]
    said = [form % number for number, form in parts if number]
    return " ".join(said[:2]) or "0 s"
