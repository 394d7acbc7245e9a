"""System checks: a bad setting stops the start and says how to mend it."""

from collections.abc import Collection
from typing import Any

from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.utils import timezone

from . import conf
from .sources.loading import source_class
from .tallies.signals import can_install
from .tallies.source import tallied_source


@register(Tags.compatibility)
def check_settings(**_: Any) -> list[CheckMessage]:
    """E001: a setting that is unknown or cannot be used."""
    return [Error(fault, hint=hint, id="statistics_app.E001") for fault, hint in conf.setting_errors()]


@register(Tags.models)
def check_source(**_: Any) -> list[CheckMessage]:
    """E002: the source cannot be loaded; E003: its declarations do not fit the tables."""
    if any(conf.setting_errors()):
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


@register(Tags.database)
def check_tallies(databases: Collection[str] | None = None, **_: Any) -> list[CheckMessage]:
    """W001: a trigger of a running count is missing, changed or disabled; I001: rows that triggers cannot count."""
    if not databases or any(conf.setting_errors()) or check_source():
        return []
    source = tallied_source(timezone.now())
    if source.tallies.using not in databases or not can_install(source):
        return []
    reasons = source.how_counted()[1]
    return [_counted_live(name, reason, name in source.defects) for name, reason in reasons.items()]


def _counted_live(name: str, reason: str, is_fault: bool) -> CheckMessage:
    if is_fault:
        hint = "`manage.py tallies install` installs it and counts anew."
        return Warning(f"The running count of {name} is not read: {reason}.", hint=hint, id="statistics_app.W001")
    hint = "Declare it by the table's own columns, or leave it: the numbers are the same, and take longer."
    return Info(f"{name} are counted live. {reason}", hint=hint, id="statistics_app.I001")
