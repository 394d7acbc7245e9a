"""Error messages about parameters, worded with the names of the pages' fields and with times in the reader's zone."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from ..exceptions import ParameterError
from ..presentation.time_axis import format_time
from ..texts import gettext_noop as _

_FIELDS = {
    "'a'": _("“from”"),
    "'b'": _("“to”"),
    "'since'": _("“from”"),
    "'until'": _("“to”"),
    "'tz'": _("“zone”"),
    "'step'": _("“step”"),
    "'metrics'": _("“Metrics”"),
}
_WIRE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_PARAMETER = re.compile(r"'(\w+)'")


def error_context(error: ParameterError, zone: ZoneInfo) -> dict[str, str]:
    """Return the message of an error for a template, and the name of the field that it is about, if any, as `invalid`."""
    parameter = _PARAMETER.match(error.reason)
    return {"error": page_message(error, zone), "invalid": parameter[1] if parameter else ""}


def page_message(error: ParameterError, zone: ZoneInfo) -> str:
    """Return the error's message with the labels of fields instead of names of parameters, and with times of the zone."""
    form, values = gettext(error.text.form), error.text.values
    # What the reader has entered is repeated as it is.
    known = {name: _with_labels(text, zone) for name, text in values.items() if isinstance(text, str) and name != "value"}
    if f"'{known.get('name')}'" in _FIELDS:
        form, known["name"] = form.replace("'%(name)s'", "%(name)s"), gettext(_FIELDS[f"'{known['name']}'"])
    form = _with_labels(form, zone)
    return form % {**values, **known} if values else form


def _with_labels(text: str, zone: ZoneInfo) -> str:
    for name, field in _FIELDS.items():
        text = text.replace(name, gettext(field))
    return _WIRE_TIME.sub(lambda found: f"{format_time(datetime.fromisoformat(found[0]), zone)} ({zone})", text)
