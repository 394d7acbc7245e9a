"""Which machinery a source and its database ask for, and what of it stands."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ..sources.base import ChatSource
from ..sources.mapped import MappedSource
from . import postgresql, postgresql_messages, sqlite
from .definitions import PREFIX, Definition
from .holding import hold
from .plan import Additive, Count, plan_of

STATE = f"{PREFIX}_state"
VENDORS = ("postgresql", "sqlite")

_TRIGGERS = {
    "postgresql": (
        "SELECT t.tgname, concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid), p.prosrc) FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND starts_with(t.tgname, %s) AND c.relnamespace = current_schema()::regnamespace"
    ),
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, length(%s)) = %s",
}


@dataclass(frozen=True, slots=True)
class Machinery:
    """All definitions for one source, and why some counts have none."""

    using: str
    definitions: tuple[Definition, ...] = ()
    reasons: Mapping[Count, str] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        """All tables that are read, in the order in which they are to be locked: the host's first, as a TRUNCATE takes them."""
        hosts = [table for definition in self.definitions for table in definition.host_tables]
        return [*dict.fromkeys(hosts), STATE, *(table for definition in self.definitions for table in definition.tables)]

    def of(self, name: Count) -> Definition | None:
        """Return the definition of a count."""
        return next((definition for definition in self.definitions if definition.name is name), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is recorded of an installed count: the definition that was used, the triggers as they stood, when it was counted."""

    definition: str
    triggers: str
    counted_at: datetime | None


def machinery_of(source: ChatSource) -> Machinery:
    """Return what a source asks for: nothing where there are no declarations, or no triggers that could follow them."""
    if not isinstance(source, MappedSource) or connections[source.using].vendor not in VENDORS:
        return Machinery(source.using)
    return _machinery(type(source), source.using)  # type: ignore[arg-type] # classes have hashes


@cache
def _machinery(source_class: type[MappedSource], using: str) -> Machinery:
    connection = connections[using]
    plan = plan_of(source_class(timezone.now()), connection)
    if connection.vendor == "sqlite":
        make = [sqlite.additive(count) if isinstance(count, Additive) else sqlite.per_room(count) for count in plan.counts]
    else:
        schema = _schema(connection)
        make = [
            postgresql.additive(count, schema) if isinstance(count, Additive) else postgresql_messages.per_room(count, schema)
            for count in plan.counts
        ]
    return Machinery(using, tuple(make), plan.reasons)


def triggers_as_they_stand(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the app's triggers by name, each with all that the database says of it."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERS[connection.vendor], [PREFIX] * _TRIGGERS[connection.vendor].count("%s"))
        return dict(cursor.fetchall())


def fingerprint(definition: Definition, standing: Mapping[str, str]) -> str:
    """Tell the triggers of a count, as they stand, from any others; one that is missing or off makes another."""
    parts = [f"{name} {standing.get(name)}" for name in definition.triggers]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def recorded(connection: BaseDatabaseWrapper) -> dict[str, Standing]:
    """Return what is recorded of each count; nothing when nothing was ever installed."""
    with connection.cursor() as cursor:
        if STATE not in connection.introspection.table_names(cursor):
            return {}
        cursor.execute(f"SELECT name, definition, triggers, counted_at FROM {STATE}")
        return {name: Standing(made, triggers, parse_datetime(at)) for name, made, triggers, at in cursor.fetchall()}


def ready(machinery: Machinery) -> set[Count]:
    """Return the counts whose sums can be read: counted, by this very definition, and watched by its triggers ever since."""
    return {name for name, fault in faults(machinery).items() if not fault}


def faults(machinery: Machinery) -> dict[Count, str]:
    """Say of each count what is wrong with its machinery; nothing when it stands."""
    if not machinery.definitions:
        return {}
    connection = connections[machinery.using]
    hold(connection, machinery.tables)
    known, standing = recorded(connection), triggers_as_they_stand(connection)
    return {definition.name: _fault(definition, known.get(definition.name), standing) for definition in machinery.definitions}


def _fault(definition: Definition, known: Standing | None, standing: Mapping[str, str]) -> str:
    if known is None:
        return "is not installed"
    if known.definition != definition.fingerprint:
        return "was installed for other declarations"
    if missing := [name for name in definition.triggers if name not in standing]:
        return f"lacks the trigger {missing[0]}"
    if known.triggers != fingerprint(definition, standing):
        return "has a trigger that was changed or is disabled"
    return ""


def _schema(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return cursor.fetchone()[0]
