"""System checks: errors in settings or declarations prevent the start, with a hint how to fix them."""

import traceback
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from . import conf
from .models import RemoteCredentials, Snapshot
from .sources.base import ChatSource
from .sources.condition_lines import since_line
from .sources.loading import chat_source, source_class
from .sources.presence_checks import presence_messages
from .sources.tables import UserTable
from .tallies.declared import NO_TRIGGERS, VENDORS, declared_database
from .tallies.source import can_install, is_migrated, tallied_source

NEEDED_CONNECTIONS = 2
_SOURCE_LINE = f'{conf.DICT_NAME} = {{"SOURCE": "chat.statistics_source.ChatStatistics"}}'
_APP = Path(__file__).resolve().parent
_DJANGO = str(Path(django.__file__).parent)


@register(Tags.compatibility)
def check_settings(**_: Any) -> list[CheckMessage]:
    """Return E001 for every setting that is unknown or invalid."""
    return [Error(fault, hint=hint, id="statistics_app.E001") for fault, hint in conf.setting_errors()]


@register(Tags.models)
def check_source(**_: Any) -> list[CheckMessage]:
    """Return E002 if the source cannot be loaded, E003 for every declaration that does not fit the tables, W006 and E005."""
    if any(conf.setting_errors()):
        return []
    try:
        source = source_class()
    except Exception as error:  # whatever the host's module raises while it is imported
        return [
            Error(
                f"{error}{_place_of(error)}",
                hint=f"Name the class that answers for your chat, for example: {_SOURCE_LINE}",
                id="statistics_app.E002",
            )
        ]
    messages = [*_check_default_source(source), *source.check()]
    if any(message.is_serious() for message in messages):
        return messages
    return [*messages, *presence_messages(source), *_small_pools()]


@register(Tags.compatibility)
def check_project(**_: Any) -> list[CheckMessage]:
    """Return E004 if time zones are disabled, W003 if the pages are mounted and their templates cannot be found."""
    messages: list[CheckMessage] = []
    if not settings.USE_TZ:
        hint = "Statistics compare times of all zones: USE_TZ = True"
        messages.append(Error("USE_TZ is False.", hint=hint, id="statistics_app.E004"))
    if _pages_are_mounted() and not _templates_are_found():
        hint = "Set 'APP_DIRS': True in TEMPLATES, or add the app's folder templates to 'DIRS'."
        messages.append(Warning("The templates of the pages cannot be found.", hint=hint, id="statistics_app.W003"))
    return messages


def _small_pools() -> list[CheckMessage]:
    """Return E005 for every pool that is too small: a lock is held on one connection while the work is done on another."""
    aliases = {router.db_for_write(Snapshot), declared_database(chat_source(timezone.now()))}
    hint = "Set max_size to 2 or more: a lock is held on one connection while the work is done on another."
    return [
        Error(f"The pool of the database '{alias}' has one connection; two are needed.", hint=hint, id="statistics_app.E005")
        for alias in sorted(aliases)
        if _pool_size(connections[alias].settings_dict["OPTIONS"].get("pool")) < NEEDED_CONNECTIONS
    ]


def _pool_size(pool: Any) -> float:
    """Return the largest number of connections of a pool, which psycopg defaults to the smallest; infinite without one."""
    if not isinstance(pool, Mapping):
        return float("inf")
    size = pool.get("max_size")
    return float(size if size is not None else pool.get("min_size", NEEDED_CONNECTIONS))


def _check_default_source(source: type[ChatSource]) -> list[CheckMessage]:
    """Return W002 if no source is set: then nothing is known about the chat."""
    if source is not ChatSource:
        return []
    hint = f"Print one with `manage.py statistics_mapping` and name it in the settings, for example: {_SOURCE_LINE}"
    return [Warning("No source is set, so every number of the chat is null.", hint=hint, id="statistics_app.W002")]


def _place_of(error: Exception) -> str:
    """Name the file and line of the host's code that raised an error; nothing if it was raised by the app."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if "importlib" not in frame.filename and _APP not in Path(frame.filename).parents]
    return f" ({theirs[-1].filename}, line {theirs[-1].lineno})" if theirs and _DJANGO not in theirs[-1].filename else ""


def _pages_are_mounted() -> bool:
    try:
        reverse("statistics:workspace")
    except (NoReverseMatch, ImproperlyConfigured):
        return False
    return True


def _templates_are_found() -> bool:
    try:
        get_template("statistics_app/base.html")
    except TemplateDoesNotExist:
        return False
    return True


@register(Tags.database)
def check_stored(databases: Collection[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return what the source needs of the app's own tables, as soon as these exist."""
    using = router.db_for_read(RemoteCredentials)
    if using not in (databases or ()) or any(conf.setting_errors()) or any(message.is_serious() for message in check_source()):
        return []
    exist = RemoteCredentials._meta.db_table in connections[using].introspection.table_names()
    return source_class().check_stored() if exist else []


@register(Tags.database)
def check_tallies(databases: Collection[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return W001 for a running count with a missing, changed or disabled trigger, I001 for rows that triggers cannot count.

    Return I002 if there are no triggers for the database at all.
    """
    if not databases or any(conf.setting_errors()) or any(message.is_serious() for message in check_source()):
        return []
    source = tallied_source(timezone.now())
    if source.tallies.using in databases and connections[source.tallies.using].vendor not in VENDORS:
        return _no_triggers()
    # Before the first migration nothing is installed, and the migration is about to do it.
    if source.tallies.using not in databases or not is_migrated() or not can_install(source):
        return []
    reasons = source.how_counted()[1]
    since = {"users": _since_hint(source_class())}
    return [_live_count_message(name, reason, name in source.defects, since.get(name)) for name, reason in reasons.items()]


def _since_hint(source: type[ChatSource]) -> str | None:
    """Return how presence that is compared with the present time is declared, so that triggers count the accounts."""
    table = getattr(source, "user_table", None)
    if not isinstance(table, UserTable) or not (line := since_line(table.presence or {})):
        return None
    return f'Look it up by an index, for example: UserTable(model="{table.model}", …, presence={line})'


def _no_triggers() -> list[CheckMessage]:
    """Return I002 unless the host has asked for live counts."""
    if conf.setting("COUNTING") == conf.COUNTED_LIVE:
        return []
    hint = f"Set {conf.DICT_NAME}['COUNTING'] = 'live', or ignore this message: live counts are as exact, but slower."
    return [Info(NO_TRIGGERS, hint=hint, id="statistics_app.I002")]


def _live_count_message(name: str, reason: str, is_defect: bool, line: str | None) -> CheckMessage:
    if is_defect:
        hint = "`manage.py tallies install` installs it and recounts the rows."
        return Warning(f"The running count of {name} {reason}, so it is not used.", hint=hint, id="statistics_app.W001")
    hint = line or "Declare it with the table's own columns, or ignore this message: live counts are as exact, but slower."
    return Info(f"{name} are counted live. {reason}", hint=hint, id="statistics_app.I001")
