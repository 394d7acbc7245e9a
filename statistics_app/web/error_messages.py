"""Error messages about parameters, worded with the names of the pages' fields and with times in the reader's zone."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from ..exceptions import ParameterError
from ..presentation.time_axis import format_time

_FIELDS = {
    "'a'": "“from”",
    "'b'": "“to”",
    "'since'": "“from”",
    "'until'": "“to”",
    "'tz'": "“zone”",
    "'step'": "“step”",
    "'metrics'": "“Metrics”",
}
_WIRE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_PARAMETER = re.compile(r"'(\w+)'")


def error_context(error: ParameterError, zone: ZoneInfo) -> dict[str, str]:
    """Return the message of an error for a template, and the name of the field that it is about, if any, as `invalid`."""
    parameter = _PARAMETER.match(error.reason)
    return {"error": page_message(error, zone), "invalid": parameter[1] if parameter else ""}


def page_message(error: ParameterError, zone: ZoneInfo) -> str:
    """Return the error's message with the labels of fields instead of names of parameters, and with times of the zone."""
    # What the reader has entered is repeated as it is.
    message, *entered = error.reason.partition(", not '")
    for name, field in _FIELDS.items():
        message = message.replace(name, field)
    message = _WIRE_TIME.sub(lambda found: f"{format_time(datetime.fromisoformat(found[0]), zone)} ({zone})", message)
    return "".join((message, *entered))
