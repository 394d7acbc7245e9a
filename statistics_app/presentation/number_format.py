"""Formatting of numbers with their units, and of durations, in the active locale."""

from django.template.defaultfilters import filesizeformat
from django.utils import formats
from django.utils.translation import gettext, ngettext

from ..catalogue.statistic import Unit

UNKNOWN = "–"
_SMALL_PLACES = 2
_PERCENT_PLACES = 1


def format_number(value: float | None, unit: Unit) -> str:
    """Format a value: bytes as KB, MB and so on, whole numbers with thousands separators, others with a few decimal places."""
    if value is None:
        return UNKNOWN
    if value < 0:
        return f"−{format_number(-value, unit)}"
    if unit is Unit.BYTES:
        return str(filesizeformat(value)).replace("\xa0", " ")
    if unit is Unit.PERCENT:
        return f"{_grouped(value, _PERCENT_PLACES)} %"
    return _grouped(value, 0 if float(value).is_integer() else _SMALL_PLACES)


def format_change(value: float | None, unit: Unit) -> str:
    """Format a difference with its sign; no difference is ±0."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "±0"
    return f"+{format_number(value, unit)}" if value > 0 else format_number(value, unit)


def format_percent_change(value: float) -> str:
    """Format a difference in percent with its sign."""
    sign = "−" if value < 0 else "+"
    return f"{sign}{formats.number_format(round(abs(value), _PERCENT_PLACES), _PERCENT_PLACES, use_l10n=True)} %"


def format_duration(seconds: float) -> str:
    """Format seconds as days, hours, minutes and seconds, limited to the two largest units that are not 0."""
    minutes, remainder = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        (days, ngettext("%d day", "%d days", days)),
        (hours, gettext("%d h")),
        (minutes, gettext("%d min")),
        (remainder, gettext("%d s")),
    ]
    texts = [form % number for number, form in parts if number]
    return " ".join(texts[:2]) or gettext("%d s") % 0


def _grouped(value: float, places: int) -> str:
    # Django truncates decimal places, and prints those of a float even if none are requested; an int keeps all its digits.
    rounded = round(value, places) if places else int(value)
    return formats.number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)
