"""Errors of parameters in the words of the pages, whose fields have names of their own."""

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
    """Say what is wrong by the name of the field that it is wrong in."""
    said = error.reason
    for name, field in _FIELDS.items():
        said = said.replace(name, field)
    return said
