"""Error messages about parameters, worded with the names of the pages' fields."""

from ..exceptions import ParameterError

_FIELDS = {
    "'a'": "“from”",
    "'b'": "“to”",
    "'since'": "“from”",
    "'until'": "“to”",
    "'tz'": "“zone”",
    "'step'": "“step”",
    "'metrics'": "“Metrics”",
}


def page_message(error: ParameterError) -> str:
    """Return the error's message with each parameter's name replaced by the label of its field."""
    message = error.reason
    for name, field in _FIELDS.items():
        message = message.replace(name, field)
    return message
