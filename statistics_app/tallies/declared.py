"""The tally definitions for the declarations of a source, in the SQL of its database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from ..sources.base import ChatSource
from ..sources.mapped import MappedSource
from .definitions import FAILURES, STATE, KeyedDefinition, MessageDefinition, PartitionedDefinition, TallyDefinition
from .overrides import EVENTS, QUESTIONS, overridden, why_unread
from .plan import Count, KeyedCount, MessageCount, plan_of
from .postgresql.guard import Schema
from .postgresql.keyed import keyed_definition as postgresql_keyed
from .postgresql.messages import message_definition as postgresql_messages
from .postgresql.partitioned import partitioned_definition
from .sqlite.keyed import keyed_definition as sqlite_keyed
from .sqlite.messages import message_definition as sqlite_messages

VENDORS = ("postgresql", "sqlite")
NO_TRIGGERS = "There are no triggers for this database, so all rows are counted live."


@dataclass(frozen=True, slots=True)
class TallySet:
    """All definitions for one source, and why some counts have none; `using` is the database that the chat writes to.

    `reasons` tell why rows are counted live, `unread` why nothing would read a count, `overridden` are the methods that the
    source answers in its own way.
    """

    using: str
    definitions: tuple[TallyDefinition, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    overridden: tuple[str, ...] = ()

    @property
    def tables(self) -> list[str]:
        """All tables that are read, in the order of locking: the host's tables first, as for a TRUNCATE of them."""
        host_tables = [table for definition in self.definitions for table in definition.host_tables]
        return [*dict.fromkeys(host_tables), STATE, *(table for definition in self.definitions for table in definition.tables)]

    @property
    def names(self) -> set[str]:
        """The names, without schema and quotes, of all database objects: triggers, their functions, tables."""
        names = {name for definition in self.definitions for name in (*definition.triggers, *definition.tables)}
        return {STATE, FAILURES, *(name.rpartition(".")[2].strip('"') for name in names)}

    @property
    def counts(self) -> set[str]:
        """The names of all counts, with and without a definition; also of those for which no table is declared."""
        return {*map(str, Count), *self.reasons, *(definition.name for definition in self.definitions)}

    def of(self, name: str) -> TallyDefinition | None:
        """Return the definition of a count, or None if it has none."""
        return next((definition for definition in self.definitions if definition.name == name), None)

    def keyed(self, name: str) -> KeyedDefinition:
        """Return the definition of a count by key, which must exist."""
        return cast("KeyedDefinition", self.of(name))

    def of_messages(self, name: str) -> MessageDefinition:
        """Return the definition of a count of messages, which must exist."""
        return cast("MessageDefinition", self.of(name))

    @property
    def messages(self) -> MessageDefinition:
        """The definition of the count of the first table of messages, which must exist."""
        return self.of_messages(Count.MESSAGES)


def declared_tallies(source: ChatSource) -> TallySet:
    """Return the definitions for a source; none if it declares no tables, or if its database is not supported."""
    using = declared_database(source)
    if not (isinstance(source, MappedSource) and any(source.tables())) or connections[using].vendor not in VENDORS:
        return TallySet(using)
    # Two schemas of one database may have tables of the same names, which the search path tells apart.
    return _declared(type(source), using, _schema(connections[using]))  # type: ignore[arg-type] # classes have hashes


def declared_database(source: ChatSource) -> str:
    """Return the database that the chat writes to; the one that a source reads from if it declares no tables."""
    first = next(source.tables(), None) if isinstance(source, MappedSource) else None
    return source.using if first is None else router.db_for_write(first.model_class())


def clear_declared_tallies() -> None:
    """Clear the cache of definitions, since migrations may have changed the tables."""
    _declared.cache_clear()


@cache
def _declared(source_class: type[MappedSource], using: str, schema: Schema) -> TallySet:
    connection = connections[using]
    plan = plan_of(source_class(timezone.now()), connection)
    unread = {count.name: reason for count in plan.counts if (reason := why_unread(source_class, count))}
    definitions = [_definition_of(count, connection, schema) for count in plan.counts if count.name not in unread]
    partitioned_tables = {
        definition.name: table for definition in definitions if (table := _partitioned_table(definition, connection))
    }
    reasons = {**plan.reasons, **{name: f"{table} is a partitioned table." for name, table in partitioned_tables.items()}}
    own = tuple(overridden(source_class, (*QUESTIONS, *EVENTS)))
    counted = tuple(definition for definition in definitions if definition.name not in partitioned_tables)
    return TallySet(using, counted, reasons, unread, own)


def _definition_of(count: KeyedCount | MessageCount, connection: BaseDatabaseWrapper, schema: Schema) -> TallyDefinition:
    """Return the definition of a count in the SQL dialect of its database."""
    if connection.vendor == "sqlite":
        return sqlite_keyed(count) if isinstance(count, KeyedCount) else sqlite_messages(count)
    if isinstance(count, KeyedCount):
        return postgresql_keyed(count, schema)
    table = count.messages.table
    if count.rooms and _is_partitioned(table, connection) and not _has_foreign_partition(table, connection):
        return partitioned_definition(count, schema)
    return postgresql_messages(count, schema)


def _partitioned_table(definition: TallyDefinition, connection: BaseDatabaseWrapper) -> str:
    """Return a host table with partitions or child tables that cannot be counted, or an empty string.

    Its statement triggers do not fire for writes to a partition. Only messages are counted by partition.
    """
    if connection.vendor != "postgresql":
        return ""
    counted = definition.partitioned if isinstance(definition, PartitionedDefinition) else ""
    return next((table for table in definition.host_tables if table != counted and _has_children(table, connection)), "")


def _is_partitioned(table: str, connection: BaseDatabaseWrapper) -> bool:
    """Return whether a table is declared as partitioned, even if it has no partition yet."""
    return _exists("pg_partitioned_table WHERE partrelid = to_regclass(%s)", table, connection)


def _has_children(table: str, connection: BaseDatabaseWrapper) -> bool:
    """Return whether a table is partitioned, or is inherited from."""
    return _is_partitioned(table, connection) or _exists("pg_inherits WHERE inhparent = to_regclass(%s)", table, connection)


def _has_foreign_partition(table: str, connection: BaseDatabaseWrapper) -> bool:
    """Return whether some rows of a partitioned table are on another server, where anybody may write them."""
    foreign = "pg_partition_tree(to_regclass(%s)) t JOIN pg_class c ON c.oid = t.relid WHERE c.relkind = 'f'"
    return _exists(foreign, table, connection)


def _exists(rows: str, table: str, connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {rows})", [table])
        return bool(cursor.fetchone()[0])


def _schema(connection: BaseDatabaseWrapper) -> Schema:
    if connection.vendor != "postgresql":
        return Schema("", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(current_schema()), "
            "(SELECT string_agg(quote_ident(name), ', ' ORDER BY place) "
            "FROM unnest(current_schemas(false)) WITH ORDINALITY AS path (name, place))"
        )
        name, path = cursor.fetchone()
    # Temporary objects last: they are the writer's.
    return Schema(name, f"pg_catalog, {path}, pg_temp")
