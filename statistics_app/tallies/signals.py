"""Go along with migrations: step aside before one that changes a table under count, install after the last."""

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

# They leave the columns of a table as they are; of what is not listed one cannot know. SQLite makes tables anew for more.
_INDEXES = (ops.AddIndex, ops.RemoveIndex, ops.RenameIndex)
_HARMLESS = (ops.AlterModelManagers, ops.AlterModelOptions, ops.CreateModel, ops.RunPython, *_INDEXES)
HARMLESS = {"sqlite": _HARMLESS, "postgresql": (*_HARMLESS, ops.AddField, ops.AddConstraint, ops.RemoveConstraint)}

Plan = Iterable[tuple[Migration, bool]]
Say = Callable[[str], Any]


def step_aside(sender: Any, using: str, plan: Plan = (), stdout: Any = None, **_: Any) -> None:
    """Take the triggers off tables that a migration is about to change.

    A renamed column would make the chat's next insert fail in a trigger, one of another type could not be changed at all, and
    SQLite makes a table anew without its triggers. Nothing is lost: it is counted again when the migrations are through.
    """
    source = tallied_source(timezone.now())
    if not plan or not can_install(source, using):
        return
    say, quote = _saying(stdout), connections[using].ops.quote_name
    if tables := {quote(table) for table in _changed(source, plan)}:
        aside = Installer(source.tallies, say=say).step_aside(tables)
        say(f"{', '.join(aside)} step aside until the migrations are through.")


def install_after_migrations(sender: Any, using: str, verbosity: int = 0, stdout: Any = None, **_: Any) -> None:
    """Install whatever does not stand, now that all tables are there; a failure is told, and costs no migration."""
    clear_declared_tallies()
    source = tallied_source(timezone.now())
    if not can_install(source, using) or not any(tally_defects(source.tallies).values()):
        return
    try:
        Installer(source.tallies, say=_saying(stdout if verbosity else None)).install()
    except (StatisticsError, DatabaseError) as error:
        _saying(stdout)(f"not installed, so rows are counted live until `manage.py tallies install`: {error}")


def can_install(source: TalliedSource, using: str = "") -> bool:
    """Say whether there is something to count (in this database, when one is named), and all its tables are there."""
    tallies = source.tallies
    if using not in ("", tallies.using) or not tallies.definitions:
        return False
    connection = connections[tallies.using]
    quote, present = connection.ops.quote_name, connection.introspection.table_names()
    needed = {table for definition in tallies.definitions for table in definition.host_tables}
    return needed <= {quote(table) for table in present}


def _changed(source: TalliedSource, plan: Plan) -> set[str]:
    """Name the tables under count that a plan changes, or may."""
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
    """Say whether an operation of an app's migration may change a model's table; SQL of the model's own app may."""
    if app_label != model._meta.app_label:
        return False
    if isinstance(operation, (FieldOperation, IndexOperation)):
        return operation.model_name_lower == model._meta.model_name
    return operation.references_model(model._meta.model_name, app_label)


def _saying(stdout: Any) -> Say:
    """Write to what a command writes to; without it say nothing."""
    return (lambda text: stdout.write(f"  Running counts: {text}")) if stdout else str
