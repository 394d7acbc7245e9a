"""The table of formats; a new one is a module with a `Format`, and a line here."""

from .base import SeriesFormat
from .csv_format import CSV
from .json_format import JSON
from .json_lines import JSON_LINES
from .openmetrics import OPENMETRICS

FORMATS = {format_.name: format_ for format_ in (JSON, JSON_LINES, CSV, OPENMETRICS)}
DEFAULT = JSON.name

# The default first, the others by name.
SERIES_FORMATS = {
    format_.name: format_
    for format_ in sorted(FORMATS.values(), key=lambda one: (one.name != DEFAULT, one.name))
    if isinstance(format_, SeriesFormat)
}
