"""Signal handlers for migrations: remove tallies before their tables change, and install them after the last migration."""

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation
from django.utils import timezone

from ..conf import COUNTED_LIVE, setting
from ..exceptions import StatisticsError
from ..models import Snapshot
from ..sources.loading import chat_source
from .declared import TallySet, clear_declared_tallies, declared_database
from .installed import installed_tallies, tally_defects
from .installer import Installer
from .source import can_install, is_migrated, tallied_source

# Operations that do not change the columns of an existing table; any other operation may. On SQLite there are fewer of them,
# since it recreates tables for the rest.
_INDEXES = (ops.AddIndex, ops.RemoveIndex, ops.RenameIndex)
_HARMLESS = (ops.AlterModelManagers, ops.AlterModelOptions, ops.CreateModel, ops.RunPython, *_INDEXES)
HARMLESS = {"sqlite": _HARMLESS, "postgresql": (*_HARMLESS, ops.AddField, ops.AddConstraint, ops.RemoveConstraint)}

Plan = Iterable[tuple[Migration, bool]]
Report = Callable[[str], Any]


def uninstall_before_migrations(sender: Any, using: str, plan: Plan = (), stdout: Any = None, **_: Any) -> None:
    """Remove the triggers from tables that a migration is about to change, and all when the app itself is unapplied.

    The type of a column that a trigger uses cannot be changed, and SQLite recreates a table without its triggers. What is
    installed, and where, is read from the database: the declared tables may not all exist yet. The rows are recounted after the
    last migration.
    """
    report = _reporter(stdout)
    if plan and _unapplies_app(plan):
        for database in {using, declared_database(chat_source(timezone.now()))}:
            if installed_tallies(connections[database]):
                Installer(TallySet(database), report=report).uninstall()
                report("removed, since the app is being unapplied.")
        return
    installed = installed_tallies(connections[using])
    if not plan or not installed:
        return
    watched = {table for tally in installed.values() for table in tally.host_tables}
    if tables := _changed_tables(watched, plan, connections[using]):
        removed = Installer(TallySet(using), report=report).uninstall_from(tables)
        report(f"{', '.join(removed)}: removed until all migrations are applied.")


def install_after_migrations(
    sender: Any, using: str, verbosity: int = 0, stdout: Any = None, plan: Plan | None = None, **_: Any
) -> None:
    """Install the tallies that are missing or defective, if all tables exist; a failure is only reported.

    With `COUNTING` set to live, remove what is installed. `flush` sends this signal as well, without a plan; it leaves the
    tables and their triggers as they are.
    """
    if plan is None:
        return
    clear_declared_tallies()
    source = tallied_source(timezone.now())
    tallies, report = source.tallies, _reporter(stdout if verbosity else None)
    # With the app's own tables in another database, either of the two may be the last that is migrated.
    if using not in (tallies.using, router.db_for_write(Snapshot)) or not is_migrated():
        return
    try:
        if setting("COUNTING") == COUNTED_LIVE:
            if installed_tallies(connections[tallies.using]):
                Installer(tallies, report=report).uninstall()
                report("removed, since COUNTING is 'live'.")
        elif can_install(source) and (any(tally_defects(tallies).values()) or _has_undeclared(tallies)):
            Installer(tallies, report=report).install()
    except (StatisticsError, DatabaseError) as error:
        _reporter(stdout)(f"not installed, so rows are counted live until `manage.py tallies install`: {error}")


def _has_undeclared(tallies: TallySet) -> bool:
    declared = {str(definition.name) for definition in tallies.definitions}
    return not declared.issuperset(installed_tallies(connections[tallies.using]))


def _unapplies_app(plan: Plan) -> bool:
    """Return whether a plan unapplies the app's first migration, and so removes the app."""
    label = Snapshot._meta.app_label
    return any(backwards and (one.app_label, one.name) == (label, "0001_initial") for one, backwards in plan)


def _changed_tables(watched: set[str], plan: Plan, connection: BaseDatabaseWrapper) -> set[str]:
    """Return those of some tables that a migration plan changes or may change.

    A table that no model has any more was renamed or is about to be removed: every operation may be the one.
    """
    harmless = HARMLESS[connection.vendor]
    operations = [
        (migration.app_label, operation)
        for migration, _ in plan
        for operation in migration.operations
        if not isinstance(operation, harmless)
    ]
    models = {connection.ops.quote_name(model._meta.db_table): model for model in apps.get_models(include_auto_created=True)}
    return {
        table
        for table in watched
        if any(table not in models or _touches(models[table], label, operation) for label, operation in operations)
    }


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
