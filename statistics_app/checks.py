"""System checks: a bad setting stops the start and says how to mend it."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from . import conf
from .sources.loading import source_class


@register(Tags.compatibility)
def check_settings(**_: Any) -> list[CheckMessage]:
    """E001: a setting that is unknown or cannot be used."""
    return [Error(fault, hint=hint, id="statistics_app.E001") for fault, hint in conf.faults()]


@register(Tags.models)
def check_source(**_: Any) -> list[CheckMessage]:
    """E002: the source cannot be loaded; E003: its declarations do not fit the tables."""
    if any(conf.faults()):
        return []
    try:
        source = source_class()
    except (ImportError, TypeError, ValueError) as error:
        return [
            Error(
                str(error),
                hint=f"{conf.DICT_NAME}['SOURCE'] names the class that answers for your chat; see docs/your-tables.md.",
                id="statistics_app.E002",
            )
        ]
    return source.check()
