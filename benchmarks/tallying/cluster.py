"""A temporary PostgreSQL server with durable settings, and a database for each design that is measured."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections, router
from django.utils import timezone
from django.utils.module_loading import import_string

from benchmarks.measuring import set_up
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, declared_tallies
from statistics_app.tallies.installer import Installer
from tests.services.postgresql import PostgreSQL

# Settings as in production, except for checkpoints, which are made between the measurements.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "2GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "3GB",
    "checkpoint_timeout": "1h",
}
TEMPLATE = "postgres"
WORKSPACE = "statsproject.chat.statistics_source.WorkspaceSource"


class CurrentDatabaseRouter:
    """A database router that selects the database that is being measured."""

    alias = "default"

    def db_for_read(self, *_: Any, **__: Any) -> str:
        """Return the alias of the database."""
        return self.alias

    db_for_write = db_for_read


current_router = CurrentDatabaseRouter()


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the server. Its name is also its alias in Django. `source` is the path of the chat's source."""

    name: str
    server: PostgreSQL
    source: str = WORKSPACE

    def connect(self) -> psycopg.Connection:
        """Open a connection that is separate from Django's."""
        return psycopg.connect(self.server.url_of(self.name), autocommit=True)

    def run(self, *statements: str) -> list[Any]:
        """Run statements in a new session and return the rows of the last."""
        with self.connect() as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def live(self) -> Any:
        """Return a source that counts the rows of this database."""
        with self._routed():
            return import_string(self.source)(timezone.now())

    def tallied(self) -> Any:
        """Return a source that reads the running counts of this database."""
        from statistics_app.tallies.source import TalliedSource  # the models can be imported only after Django's set-up

        with self._routed():
            return TalliedSource(self.live())

    @property
    def tallies(self) -> TallySet:
        """The tallies that the source declares."""
        source = self.live()
        with self._routed():
            return declared_tallies(source)

    def install(self) -> None:
        """Install the tallies, after uninstalling any existing ones."""
        self.uninstall()
        Installer(self.tallies, report=str).install()

    def uninstall(self) -> None:
        """Uninstall the tallies, if they are installed."""
        Installer(self.tallies, report=str).uninstall()

    @contextmanager
    def _routed(self) -> Iterator[None]:
        """Route Django's queries to this database within the block."""
        previous, current_router.alias = current_router.alias, self.name
        try:
            yield
        finally:
            current_router.alias = previous


@dataclass(frozen=True, slots=True)
class Cluster:
    """The server and a folder for temporary files."""

    server: PostgreSQL
    folder: Path

    def create(self, name: str, template: str = TEMPLATE, source: str = WORKSPACE) -> Database:
        """Create a database as a copy of another one, to which there may be no connections."""
        connections["default" if template == TEMPLATE else template].close()
        self._maintenance.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        connections.databases[name] = {**connections.databases["default"], "NAME": name}
        return Database(name, self.server, source)

    def drop(self, *databases: Database) -> None:
        """Drop databases."""
        for database in databases:
            connections[database.name].close()
            self._maintenance.run(f'DROP DATABASE "{database.name}" (FORCE)')

    def checkpoint(self) -> None:
        """Run a checkpoint, so that none happens during a measurement."""
        self._maintenance.run("CHECKPOINT")

    def set(self, name: str, value: str) -> None:
        """Change one of the server's settings, and wait until it is in effect."""
        self._maintenance.run(f"ALTER SYSTEM SET {name} = {value}", "SELECT pg_reload_conf()")
        while self._maintenance.run(f"SHOW {name}")[0][0] != value:
            time.sleep(0.05)

    @contextmanager
    def wal_position(self) -> Iterator[Callable[[], int]]:
        """Yield a function that returns the position in the server's WAL, in bytes."""
        with self._maintenance.connect() as connection:
            yield lambda: int(connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()[0])  # type: ignore[index]

    @property
    def _maintenance(self) -> Database:
        """The database to connect to while others are created, dropped or measured."""
        return Database("template1", self.server)


@contextmanager
def fresh_cluster() -> Iterator[Cluster]:
    """Start the server, with the chat's tables in the template database. It is removed with all databases afterwards."""
    server = PostgreSQL(SETTINGS)
    try:
        server.start()
        with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
            set_up(folder, server.url)
            router.routers = [current_router]
            Installer(declared_tallies(chat_source(timezone.now())), report=str).uninstall()
            yield Cluster(server, Path(folder))
    finally:
        connections.close_all()
        server.stop()
