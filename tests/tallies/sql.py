"""Helpers that run SQL, for changes to a database that bypass the app."""

from typing import Any

from django.db import connection


def run(*statements: str) -> None:
    """Run SQL statements."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def value(statement: str) -> Any:
    """Return the single value of a SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
