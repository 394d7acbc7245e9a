"""Signal handlers for migrations: remove tallies before their tables change, and install them after the last migration."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, connections
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation
from django.utils import timezone

from ..exceptions import StatisticsError
from .declared import clear_declared_tallies
from .installed import tally_defects
from .installer import Installer
from .source import TalliedSource, tallied_source

# Operations that do not change the columns of an existing table; any other operation may. On SQLite there are fewer of them,
# since it recreates tables for the rest.
_INDEXES = (ops.AddIndex, ops.RemoveIndex, ops.RenameIndex)
_HARMLESS = (ops.AlterModelManagers, ops.AlterModelOptions, ops.CreateModel, ops.RunPython, *_INDEXES)
HARMLESS = {"sqlite": _HARMLESS, "postgresql": (*_HARMLESS, ops.AddField, ops.AddConstraint, ops.RemoveConstraint)}

Plan = Iterable[tuple[Migration, bool]]
Report = Callable[[str], Any]


def uninstall_before_migrations(sender: Any, using: str, plan: Plan = (), stdout: Any = None, **_: Any) -> None:
    """Remove the triggers from tables that a migration is about to change.

    After a renamed column, the chat's next insert would fail in a trigger; the type of a column that a trigger uses cannot be
    changed; and SQLite recreates a table without its triggers. The rows are recounted after the last migration.
    """
    source = tallied_source(timezone.now())
    if not plan or not can_install(source, using):
        return
    report, quote = _reporter(stdout), connections[using].ops.quote_name
    if tables := {quote(table) for table in _changed_tables(source, plan)}:
        removed = Installer(source.tallies, report=report).uninstall_from(tables)
        report(f"{', '.join(removed)}: removed until all migrations are applied.")


def install_after_migrations(sender: Any, using: str, verbosity: int = 0, stdout: Any = None, **_: Any) -> None:
    """Install the tallies that are missing or defective, if all tables exist; a failure is only reported."""
    clear_declared_tallies()
    source = tallied_source(timezone.now())
    if not can_install(source, using) or not any(tally_defects(source.tallies).values()):
        return
    try:
        Installer(source.tallies, report=_reporter(stdout if verbosity else None)).install()
    except (StatisticsError, DatabaseError) as error:
        _reporter(stdout)(f"not installed, so rows are counted live until `manage.py tallies install`: {error}")


def can_install(source: TalliedSource, using: str = "") -> bool:
    """Return whether there are tallies to install (in the given database, if one is given), and all their tables exist."""
    tallies = source.tallies
    if using not in ("", tallies.using) or not tallies.definitions:
        return False
    connection = connections[tallies.using]
    quote, existing = connection.ops.quote_name, connection.introspection.table_names()
    needed = {table for definition in tallies.definitions for table in definition.host_tables}
    return needed <= {quote(table) for table in existing}


def _changed_tables(source: TalliedSource, plan: Plan) -> set[str]:
    """Return the names of the declared tables that a migration plan changes or may change."""
    harmless = HARMLESS[connections[source.tallies.using].vendor]
    models = [table.model_class() for table in source.declared_tables()]
    operations = [
        (migration.app_label, operation)
        for migration, _ in plan
        for operation in migration.operations
        if not isinstance(operation, harmless)
    ]
    return {model._meta.db_table for model in models for label, operation in operations if _touches(model, label, operation)}


def _touches(model: Any, app_label: str, operation: Operation) -> bool:
    """Return whether an operation in a migration of an app may change a model's table; raw SQL of the model's own app may."""
    if app_label != model._meta.app_label:
        return False
    if isinstance(operation, (FieldOperation, IndexOperation)):
        return operation.model_name_lower == model._meta.model_name
    return operation.references_model(model._meta.model_name, app_label)


def _reporter(stdout: Any) -> Report:
    """Return a function that writes lines to the output of a command, or that discards them if there is none."""
    return (lambda text: stdout.write(f"  Running counts: {text}")) if stdout else str
