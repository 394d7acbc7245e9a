"""Labels of a scale's ticks: all in the same unit, with as many decimal places as are needed to distinguish them."""

from django.utils import formats
from django.utils.translation import gettext

from ..catalogue.statistic import Unit
from .number_format import format_number
from .scales import Scale

# The formats of Django's `filesizeformat`, so that its translations apply.
_SIZES = ("%s KB", "%s MB", "%s GB", "%s TB", "%s PB")
_MAX_PLACES = 15


def magnitude(greatest: float, unit: Unit) -> float:
    """Return the size of the unit in which values are labelled, given the largest: 1, or for bytes also a KB, MB and so on."""
    return 1024.0 ** _order(greatest) if unit is Unit.BYTES else 1.0


def tick_labels(scale: Scale, unit: Unit) -> list[str]:
    """Return the labels of a scale's ticks."""
    if unit is Unit.BYTES and scale.unit == 1:
        return [format_number(tick, unit) for tick in scale.ticks]
    places = _places((scale.ticks[1] - scale.ticks[0]) / scale.unit)
    template = gettext(_SIZES[_order(scale.unit) - 1]) if unit is Unit.BYTES else "%s %%" if unit is Unit.PERCENT else "%s"
    return [_text(tick / scale.unit, places, template) for tick in scale.ticks]


def _order(greatest: float) -> int:
    """Return the power of 1024 in which a number of bytes is labelled: 0 for bytes, 1 for KB and so on."""
    return min((int(abs(greatest)).bit_length() - 1) // 10, len(_SIZES)) if abs(greatest) >= 1 else 0


def _places(distance: float) -> int:
    """Return the number of decimal places of a distance between ticks."""
    return next((places for places in range(_MAX_PLACES) if abs(round(distance, places) / distance - 1) < 1e-6), _MAX_PLACES)


def _text(value: float, places: int, template: str) -> str:
    rounded = round(abs(value), places) if places else round(abs(value))
    number = formats.number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{'−' if value < 0 else ''}{template % number}".replace("\xa0", " ")
