"""The state of the tallies that are installed in a database, and their defects."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.dateparse import parse_datetime

from .declared import TallySet
from .definitions import FAILURES, PREFIX, STATE, PartitionedDefinition, TallyDefinition
from .transactions import existing_tables, lock_for_reading

# Any change of a trigger, such as disabling and enabling it again, leaves another transaction at its row in the catalogue.
# pg_get_triggerdef would tell less, and fails if the trigger was dropped after this view of the data was taken.
_TRIGGERS = {
    "postgresql": (
        "SELECT t.tgname, concat_ws(' ', t.tgenabled, t.xmin, p.prosrc, p.prosecdef, p.proconfig) "
        "FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        # The copies on partitions have the same names.
        "WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND starts_with(t.tgname, %s) "
        "AND c.relnamespace = quote_ident(current_schema())::regnamespace"
    ),
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, length(%s)) = %s",
}

# How a defect begins that the next fold removes, once the partition is free.
UNSETTLED = "waits for a partition"
# The defect of a count whose tables this view of the data does not show as they are.
NEWER = "was recreated or emptied after this view of the data was taken"
# The defect of a count of which some rows come from another server: what applies them fires no triggers for statements.
REPLICATED = "is filled by logical replication, which fires no triggers"
_REPLICATED = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IN (SELECT srrelid FROM pg_subscription_rel)"


@dataclass(frozen=True, slots=True)
class InstalledTally:
    """The record of an installed tally.

    `definition` and `triggers` are fingerprints, empty until the rows are counted; `host_tables` are the tables that it
    watches, `removals` the statements that remove it, whatever is declared by then; `failure` is an error of its triggers.
    """

    definition: str
    triggers: str
    counted_at: datetime | None
    host_tables: tuple[str, ...]
    removals: tuple[str, ...]
    failure: str


def installed_tallies(connection: BaseDatabaseWrapper) -> dict[str, InstalledTally]:
    """Return the record of each tally that has something in the database, by the name of the count."""
    if existing_tables(connection, (STATE, FAILURES)) != {STATE, FAILURES}:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, definition, triggers, counted_at, host_tables, removals, "
            f"(SELECT min(error) FROM {FAILURES} f WHERE f.name = s.name) FROM {STATE} s"
        )
        return {
            name: InstalledTally(
                definition, triggers, parse_datetime(at), tuple(json.loads(tables)), tuple(json.loads(removals)), failure or ""
            )
            for name, definition, triggers, at, tables, removals, failure in cursor.fetchall()
        }


def is_recorded(definition: TallyDefinition, cursor: Any) -> bool:
    """Return whether a tally is recorded as counted by this very definition."""
    cursor.execute(
        f"SELECT EXISTS (SELECT 1 FROM {STATE} WHERE name = %s AND definition = %s)", [definition.name, definition.fingerprint]
    )
    return bool(cursor.fetchone()[0])


def readable_tallies(tallies: TallySet, using: str = "") -> set[str]:
    """Return the counts whose tallies have no defect, so that their sums are correct."""
    return {name for name, defect in tally_defects(tallies, using).items() if not defect}


def tally_defects(tallies: TallySet, using: str = "") -> dict[str, str]:
    """Return the defect of the tally of each count, an empty string if there is none.

    `using` is the database that is inspected, for example a replica; by default, the one that the chat writes to. In a
    transaction, the tables stay locked against a TRUNCATE or removal until its end.
    """
    if not tallies.definitions:
        return {}
    connection = connections[using or tallies.using]
    newer = lock_for_reading(connection, tallies.tables)
    existing = existing_tables(connection, tallies.tables)
    replicated = _replicated_tables(tallies, connection)
    installed, triggers = installed_tallies(connection), trigger_definitions(connection)
    return {
        definition.name: _defect(definition, installed.get(definition.name), triggers, existing)
        or ("" if replicated.isdisjoint(definition.host_tables) else REPLICATED)
        or _partition_defect(definition, connection)
        if newer.isdisjoint((*definition.host_tables, *definition.tables))
        else NEWER
        for definition in tallies.definitions
    }


def needs_installation(defect: str) -> bool:
    """Return whether there is a defect that only an installation removes."""
    return bool(defect) and defect != REPLICATED and not defect.startswith(UNSETTLED)


def trigger_definitions(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the app's triggers by name, each with its definition and state in the database's catalogue."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor], [PREFIX] * _TRIGGERS[connection.vendor].count("%s"))
        return dict(cursor.fetchall())


def trigger_fingerprint(definition: TallyDefinition, triggers: Mapping[str, str]) -> str:
    """Return a hash of the present triggers of a count; a missing, changed or disabled one gives another hash."""
    parts = [f"{name} {triggers.get(name)}" for name in definition.triggers]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _defect(
    definition: TallyDefinition, installed: InstalledTally | None, triggers: Mapping[str, str], existing: set[str]
) -> str:
    if installed is None or not installed.definition:
        return "is not installed"
    if installed.definition != definition.fingerprint:
        return "was installed for other declarations"
    return _damage(definition, installed, triggers, existing)


def _damage(definition: TallyDefinition, installed: InstalledTally, triggers: Mapping[str, str], existing: set[str]) -> str:
    """Return what happened to a tally since it was installed."""
    if absent := [table for table in definition.tables if table not in existing]:
        name = absent[0].rpartition(".")[2].strip('"')
        return f"lacks the table {name}"
    if missing := [name for name in definition.triggers if name not in triggers]:
        return f"lacks the trigger {missing[0]}"
    if any(triggers[name].startswith("D ") for name in definition.triggers):
        return "has a trigger that is disabled"
    if installed.triggers != trigger_fingerprint(definition, triggers):
        return "has a trigger that was changed, or disabled for a time"
    if installed.failure:
        return f"missed a change, since a trigger failed ({installed.failure})"
    return ""


def _replicated_tables(tallies: TallySet, connection: BaseDatabaseWrapper) -> set[str]:
    """Return the host's tables that a subscription of this database fills."""
    if connection.vendor != "postgresql":
        return set()
    tables = sorted({table for definition in tallies.definitions for table in definition.host_tables})
    with connection.cursor() as cursor:
        cursor.execute(_REPLICATED, [tables])
        return {name for (name,) in cursor.fetchall()}


def _partition_defect(definition: TallyDefinition, connection: BaseDatabaseWrapper) -> str:
    """Return how the partitions of a host's table differ from those that are counted, in this view of the data."""
    if not isinstance(definition, PartitionedDefinition):
        return ""
    with connection.cursor() as cursor:
        cursor.execute(definition.standing)
        defect = str(cursor.fetchone()[0])
    return f"{UNSETTLED}: {defect}" if defect else ""
