"""Which machinery a source and its database ask for, and what of it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from ..sources.base import ChatSource
from ..sources.mapped import MappedSource
from .definitions import STATE, KeyedDefinition, MessageDefinition, TallyDefinition
from .plan import Count, KeyedCount, MessageCount, plan_of
from .postgresql.keyed import keyed_definition as postgresql_keyed
from .postgresql.messages import message_definition as postgresql_messages
from .sqlite.keyed import keyed_definition as sqlite_keyed
from .sqlite.messages import message_definition as sqlite_messages

VENDORS = ("postgresql", "sqlite")


@dataclass(frozen=True, slots=True)
class TallySet:
    """All definitions for one source, and why some counts have none; `using` is the database that the chat writes to."""

    using: str
    definitions: tuple[TallyDefinition, ...] = ()
    reasons: Mapping[Count, str] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        """All tables that are read, in the order in which they are to be locked: the host's first, as a TRUNCATE takes them."""
        hosts = [table for definition in self.definitions for table in definition.host_tables]
        return [*dict.fromkeys(hosts), STATE, *(table for definition in self.definitions for table in definition.tables)]

    @property
    def names(self) -> set[str]:
        """The bare names of all that it makes: triggers, their functions, tables."""
        made = {name for definition in self.definitions for name in (*definition.triggers, *definition.tables)}
        return {STATE, *(name.rpartition(".")[2].strip('"') for name in made)}

    def of(self, name: Count) -> TallyDefinition | None:
        """Return the definition of a count."""
        return next((definition for definition in self.definitions if definition.name is name), None)

    def keyed(self, name: Count) -> KeyedDefinition:
        """Return the definition of a count by key, which has to be among them."""
        return cast("KeyedDefinition", self.of(name))

    @property
    def messages(self) -> MessageDefinition:
        """The definition of the count of messages, which has to be among them."""
        return cast("MessageDefinition", self.of(Count.MESSAGES))


def declared_tallies(source: ChatSource) -> TallySet:
    """Return what a source asks for: nothing where there are no declarations, or no triggers that could follow them."""
    first = next(source.tables(), None) if isinstance(source, MappedSource) else None
    if first is None:
        return TallySet(source.using)
    using = router.db_for_write(first.model_class())
    if connections[using].vendor not in VENDORS:
        return TallySet(using)
    return _declared(type(source), using)  # type: ignore[arg-type] # classes have hashes


def clear_declared_tallies() -> None:
    """Look at the tables anew the next time: what they are may have changed."""
    _declared.cache_clear()


@cache
def _declared(source_class: type[MappedSource], using: str) -> TallySet:
    connection = connections[using]
    plan = plan_of(source_class(timezone.now()), connection)
    definitions = [_definition_of(count, connection) for count in plan.counts]
    partitioned = {
        definition.name: table for definition in definitions if (table := _partitioned_table(definition, connection))
    }
    reasons = {**plan.reasons, **{name: f"{table} is a partitioned table." for name, table in partitioned.items()}}
    return TallySet(using, tuple(definition for definition in definitions if definition.name not in partitioned), reasons)


def _definition_of(count: KeyedCount | MessageCount, connection: BaseDatabaseWrapper) -> TallyDefinition:
    """Write the SQL of a count in the dialect of its database."""
    if connection.vendor == "sqlite":
        return sqlite_keyed(count) if isinstance(count, KeyedCount) else sqlite_messages(count)
    schema = _schema(connection)
    return postgresql_keyed(count, schema) if isinstance(count, KeyedCount) else postgresql_messages(count, schema)


def _partitioned_table(definition: TallyDefinition, connection: BaseDatabaseWrapper) -> str:
    """Return a host table that has partitions: statement triggers of the parent do not see what is written to a partition."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        for table in definition.host_tables:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = to_regclass(%s))", [table])
            if cursor.fetchone()[0]:
                return table
    return ""


def _schema(connection: BaseDatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return cursor.fetchone()[0]
