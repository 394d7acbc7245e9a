"""System checks: errors in settings or declarations prevent the start, with a hint how to fix them."""

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
    """Return E001 for every setting that is unknown or invalid."""
    return [Error(fault, hint=hint, id="statistics_app.E001") for fault, hint in conf.setting_errors()]


@register(Tags.models)
def check_source(**_: Any) -> list[CheckMessage]:
    """Return E002 if the source cannot be loaded, E003 for every declaration that does not fit the tables."""
    if any(conf.setting_errors()):
        return []
    try:
        source = source_class()
    except (ImportError, TypeError, ValueError) as error:
        return [
            Error(
                str(error),
                hint=f"{conf.DICT_NAME}['SOURCE'] must name the class that answers for your chat; see docs/your-tables.md.",
                id="statistics_app.E002",
            )
        ]
    return source.check()


@register(Tags.database)
def check_tallies(databases: Collection[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return W001 for a running count with a missing, changed or disabled trigger, I001 for rows that triggers cannot count."""
    if not databases or any(conf.setting_errors()) or check_source():
        return []
    source = tallied_source(timezone.now())
    if source.tallies.using not in databases or not can_install(source):
        return []
    reasons = source.how_counted()[1]
    return [_live_count_message(name, reason, name in source.defects) for name, reason in reasons.items()]


def _live_count_message(name: str, reason: str, is_defect: bool) -> CheckMessage:
    if is_defect:
        hint = "`manage.py tallies install` installs it and recounts the rows."
        return Warning(f"The running count of {name} {reason}, so it is not used.", hint=hint, id="statistics_app.W001")
    hint = "Declare it with the table's own columns, or ignore this message: live counts are as exact, but slower."
    return Info(f"{name} are counted live. {reason}", hint=hint, id="statistics_app.I001")
