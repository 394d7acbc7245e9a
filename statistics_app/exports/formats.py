"""The table of export formats. To add one, write a module that defines a `Format` and list it here."""

from collections.abc import Mapping

from .base import Format, SeriesFormat
from .csv_format import CSV
from .json_format import JSON
from .json_lines import JSON_LINES
from .openmetrics import OPENMETRICS

FORMATS = {format_.name: format_ for format_ in (JSON, JSON_LINES, CSV, OPENMETRICS)}
DEFAULT = JSON.name

# The default format comes first, the others are sorted by name.
SERIES_FORMATS = {
    format_.name: format_
    for format_ in sorted(FORMATS.values(), key=lambda one: (one.name != DEFAULT, one.name))
    if isinstance(format_, SeriesFormat)
}


def media_types(formats: Mapping[str, Format]) -> tuple[str, ...]:
    """Return the media types of formats other than the default, without their parameters."""
    return tuple(format_.media_type.partition(";")[0] for format_ in formats.values() if format_.name != DEFAULT)
