"""A PostgreSQL of the run's own that loses nothing, with a database for each thing that is measured."""

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

from benchmarks.measuring import set_up
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, declared_tallies
from statistics_app.tallies.installer import Installer
from tests.services.postgresql import PostgreSQL

# As a server in use is set, but for checkpoints: they come between the measurements.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "2GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "3GB",
    "checkpoint_timeout": "1h",
}
TEMPLATE = "postgres"


class Chosen:
    """Sends Django's queries to the database that is measured now."""

    alias = "default"

    def db_for_read(self, *_: Any, **__: Any) -> str:
        """Name it for reading."""
        return self.alias

    db_for_write = db_for_read


chosen = Chosen()


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the cluster, known to Django by its name."""

    name: str
    server: PostgreSQL

    def connect(self) -> psycopg.Connection:
        """Open a connection beside Django's."""
        return psycopg.connect(self.server.url_of(self.name), autocommit=True)

    def run(self, *statements: str) -> list[Any]:
        """Run statements in a session of their own and return the rows of the last."""
        with self.connect() as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def live(self) -> Any:
        """Make the source that counts here."""
        with self._chosen():
            return chat_source(timezone.now())

    def tallied(self) -> Any:
        """Make the source that reads running counts here."""
        from statistics_app.tallies.source import TalliedSource  # models are there only once Django is set up

        with self._chosen():
            return TalliedSource(self.live())

    @property
    def tallies(self) -> TallySet:
        """What the source asks for."""
        source = self.live()
        with self._chosen():
            return declared_tallies(source)

    def install(self) -> None:
        """Install the tallies anew."""
        self.uninstall()
        Installer(self.tallies, say=str).install()

    def uninstall(self) -> None:
        """Take them away, if they are there."""
        Installer(self.tallies, say=str).uninstall()

    @contextmanager
    def _chosen(self) -> Iterator[None]:
        """Let whoever asks where to read and write be sent here; where this is asked within, the outer one stays."""
        before, chosen.alias = chosen.alias, self.name
        try:
            yield
        finally:
            chosen.alias = before


@dataclass(frozen=True, slots=True)
class Cluster:
    """The server, and a folder for files."""

    server: PostgreSQL
    folder: Path

    def make(self, name: str, template: str = TEMPLATE) -> Database:
        """Make a database as a copy of another one, which nobody may be in."""
        connections["default" if template == TEMPLATE else template].close()
        self._aside.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        connections.databases[name] = {**connections.databases["default"], "NAME": name}
        return Database(name, self.server)

    def drop(self, *databases: Database) -> None:
        """Remove databases."""
        for database in databases:
            connections[database.name].close()
            self._aside.run(f'DROP DATABASE "{database.name}" (FORCE)')

    def checkpoint(self) -> None:
        """Write out what is dirty, so that it does not happen while something is measured."""
        self._aside.run("CHECKPOINT")

    def set(self, name: str, value: str) -> None:
        """Change one of the server's settings, and wait until it holds."""
        self._aside.run(f"ALTER SYSTEM SET {name} = {value}", "SELECT pg_reload_conf()")
        while self._aside.run(f"SHOW {name}")[0][0] != value:
            time.sleep(0.05)

    @contextmanager
    def watch(self) -> Iterator[Callable[[], int]]:
        """Open a connection that tells how many bytes of log were ever written."""
        with self._aside.connect() as connection:
            yield lambda: int(connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()[0])  # type: ignore[index]

    @property
    def _aside(self) -> Database:
        """Where to be while others are made, dropped or measured."""
        return Database("template1", self.server)


@contextmanager
def fresh_cluster() -> Iterator[Cluster]:
    """Start the server, with the chat's tables in a database to copy from; everything goes afterwards."""
    server = PostgreSQL(SETTINGS)
    try:
        server.start()
        with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
            set_up(folder, server.url)
            router.routers = [chosen]
            Installer(declared_tallies(chat_source(timezone.now())), say=str).uninstall()
            yield Cluster(server, Path(folder))
    finally:
        connections.close_all()
        server.stop()
