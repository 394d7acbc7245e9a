"""The migration state of the app and of the chat's tables."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections, router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from ..models import Installation, Snapshot
from ..serialization import wire_time


def read_migration(chat_labels: set[str]) -> dict[str, Any]:
    """Return the number of applied migrations of the app and of the chat's apps, and whether one is missing.

    `locked` is true while a migration of the running code is not applied. `lockedAt` is when the last one was applied (if none
    is recorded, when this installation was created), `buildAt` when this code was installed.
    """
    labels = {Snapshot._meta.app_label, *chat_labels}
    times = {
        (row.app, row.name): row.applied
        for using, apps_there in _by_database(labels).items()
        for row in MigrationRecorder(connections[using]).migration_qs.filter(app__in=apps_there)
    }
    return {
        "_id": "control",
        "version": len(times),
        "locked": bool(_migrations_on_disk(frozenset(labels)) - times.keys()),
        "lockedAt": wire_time(max(times.values(), default=None) or Installation.objects.the_one().installed_at),
        "buildAt": wire_time(_built_at()),
    }


def _by_database(labels: set[str]) -> dict[str, list[str]]:
    """Group apps by the database that has their tables: each database records what was applied to it."""
    groups: dict[str, list[str]] = {}
    for label in sorted(labels):
        model = next(apps.get_app_config(label).get_models(), Snapshot)
        groups.setdefault(router.db_for_write(model), []).append(label)
    return groups


@cache
def _migrations_on_disk(labels: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return the migrations of the running code; cached, since they cannot change while it runs."""
    loader = MigrationLoader(None)
    return frozenset(key for key in loader.disk_migrations or {} if key[0] in labels)


@cache
def _built_at() -> datetime:
    package = Path(__file__).resolve().parent.parent
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in package.rglob("*.py")), tz=UTC)
