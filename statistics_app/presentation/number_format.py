"""Write a number with its unit as the reader's locale does."""

from django.template.defaultfilters import filesizeformat
from django.utils import formats

from ..catalogue.statistics import Unit

UNKNOWN = "–"
_SMALL_PLACES = 2


def format_number(value: float | None, unit: Unit) -> str:
    """Write a value; bytes by their order of magnitude, whole numbers with marks for thousands, others with two places."""
    if value is None:
        return UNKNOWN
    if value < 0:
        return f"−{format_number(-value, unit)}"
    if unit is Unit.BYTES:
        return str(filesizeformat(value)).replace("\xa0", " ")
    return _grouped(value, 0 if float(value).is_integer() else _SMALL_PLACES)


def format_change(value: float | None, unit: Unit) -> str:
    """Write a difference, with its sign; none is ±0."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "±0"
    return f"+{format_number(value, unit)}" if value > 0 else format_number(value, unit)


def _grouped(value: float, places: int) -> str:
    # Django cuts places off, and writes those of a float even where none are wanted; a whole number loses none of its digits.
    rounded = round(value, places) if places else int(value)
    return formats.number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)
