"""Routers for the other host with more than one database."""

from typing import Any

STATISTICS, REPLICA = "statistics", "replica"


class StatisticsApart:
    """The statistics app's tables in a database of their own; of other models this router says nothing."""

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        """Return the database of the app's models."""
        return STATISTICS if model._meta.app_label == "statistics_app" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        """Return whether an app belongs into a database."""
        return (db == STATISTICS) == (app_label == "statistics_app")


class ReadFromReplica:
    """All reads from a replica that may lag behind."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        """Return the replica."""
        return REPLICA

    def db_for_write(self, model: Any, **_: Any) -> str:
        """Return the primary."""
        return "default"

    def allow_relation(self, *_: Any, **__: Any) -> bool:
        """Allow all relations: both are one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool:
        """Return whether a database is the primary."""
        return db == "default"
