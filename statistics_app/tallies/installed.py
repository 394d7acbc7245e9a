"""Which tallies are installed in a database, and what is wrong with them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.dateparse import parse_datetime

from .declared import TallySet
from .definitions import PREFIX, STATE, TallyDefinition
from .plan import Count
from .transactions import lock_for_reading

_TRIGGERS = {
    "postgresql": (
        "SELECT t.tgname, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid), p.prosrc) FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND starts_with(t.tgname, %s) AND c.relnamespace = current_schema()::regnamespace"
    ),
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, length(%s)) = %s",
}

_IS_THERE = {
    "postgresql": "SELECT to_regclass(%s) IS NOT NULL",
    "sqlite": "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s)",
}


@dataclass(frozen=True, slots=True)
class InstalledTally:
    """What is recorded of an installed count: the definition that was used, the triggers as they stood, when it was counted."""

    definition: str
    triggers: str
    counted_at: datetime | None


def installed_tallies(connection: BaseDatabaseWrapper) -> dict[str, InstalledTally]:
    """Return what is recorded of each count; nothing when nothing was ever installed."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_THERE[connection.vendor], [STATE])
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute(f"SELECT name, definition, triggers, counted_at FROM {STATE}")
        return {name: InstalledTally(made, triggers, parse_datetime(at)) for name, made, triggers, at in cursor.fetchall()}


def readable_tallies(tallies: TallySet, using: str = "") -> set[Count]:
    """Return the counts whose sums can be read: counted, by this very definition, and watched by its triggers ever since."""
    return {name for name, fault in tally_defects(tallies, using).items() if not fault}


def tally_defects(tallies: TallySet, using: str = "") -> dict[Count, str]:
    """Say of each count what is wrong with its machinery, as `using` (a replica, say) sees it; nothing when it stands."""
    if not tallies.definitions:
        return {}
    connection = connections[using or tallies.using]
    fresh = lock_for_reading(connection, tallies.tables)
    known, standing = installed_tallies(connection), trigger_definitions(connection)
    return {
        definition.name: _defect(definition, known.get(definition.name), standing)
        if fresh.isdisjoint(definition.tables)
        else "was made anew since this view of the data"
        for definition in tallies.definitions
    }


def trigger_definitions(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the app's triggers by name, each with all that the database says of it."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor], [PREFIX] * _TRIGGERS[connection.vendor].count("%s"))
        return dict(cursor.fetchall())


def trigger_fingerprint(definition: TallyDefinition, standing: Mapping[str, str]) -> str:
    """Tell the triggers of a count, as they stand, from any others; one that is missing or off makes another."""
    parts = [f"{name} {standing.get(name)}" for name in definition.triggers]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _defect(definition: TallyDefinition, known: InstalledTally | None, standing: Mapping[str, str]) -> str:
    if known is None:
        return "is not installed"
    if known.definition != definition.fingerprint:
        return "was installed for other declarations"
    if missing := [name for name in definition.triggers if name not in standing]:
        return f"lacks the trigger {missing[0]}"
    if known.triggers != trigger_fingerprint(definition, standing):
        return "has a trigger that was changed or is disabled"
    return ""
