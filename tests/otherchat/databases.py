"""Databases for the other host, on the server of this run or next to its folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from tests.services.programs import database_url


@contextmanager
def database(folder: Path, name: str) -> Iterator[str]:
    """Create an empty database and yield its URL."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    full_name = f"{connection.settings_dict['NAME']}_{name}"
    on_server(database_url(), f'DROP DATABASE IF EXISTS "{full_name}" WITH (FORCE)', f'CREATE DATABASE "{full_name}"')
    yield database_url().rpartition("/")[0] + f"/{full_name}"
    on_server(database_url(), f'DROP DATABASE "{full_name}" WITH (FORCE)')


def on_server(url: str, *statements: str) -> None:
    """Run statements outside of a transaction."""
    with psycopg.connect(url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement)
