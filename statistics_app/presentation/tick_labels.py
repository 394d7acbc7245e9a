"""How the ticks of one scale are written: all in one order of magnitude, with as many places as tell them apart."""

from django.utils import formats
from django.utils.translation import gettext

from ..catalogue.statistics import Unit
from .number_format import format_number
from .scales import Scale

# As Django writes the sizes of files.
_SIZES = ("%s KB", "%s MB", "%s GB", "%s TB", "%s PB")
_MOST_PLACES = 15


def magnitude(greatest: float, unit: Unit) -> float:
    """Say in what values of a unit are written, the greatest of them is known: bytes in those, in KB, in MB …"""
    return 1024.0 ** _order(greatest) if unit is Unit.BYTES else 1.0


def tick_labels(scale: Scale, unit: Unit) -> list[str]:
    """Write the ticks of a scale."""
    if unit is Unit.BYTES and scale.unit == 1:
        return [format_number(tick, unit) for tick in scale.ticks]
    places = _places((scale.ticks[1] - scale.ticks[0]) / scale.unit)
    size = gettext(_SIZES[_order(scale.unit) - 1]) if unit is Unit.BYTES else "%s"
    return [_text(tick / scale.unit, places, size) for tick in scale.ticks]


def _order(greatest: float) -> int:
    return min((int(abs(greatest)).bit_length() - 1) // 10, len(_SIZES)) if abs(greatest) >= 1 else 0


def _places(distance: float) -> int:
    """Say how many places a distance between ticks has."""
    return next((places for places in range(_MOST_PLACES) if abs(round(distance, places) / distance - 1) < 1e-6), _MOST_PLACES)


def _text(value: float, places: int, size: str) -> str:
    rounded = round(abs(value), places) if places else round(abs(value))
    number = formats.number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{'−' if value < 0 else ''}{size % number}".replace("\xa0", " ")
