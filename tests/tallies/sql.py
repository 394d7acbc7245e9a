"""What people do to a database behind everybody's back."""

from typing import Any

from django.db import connection


def run(*statements: str) -> None:
    """Run SQL as it stands."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def value(statement: str) -> Any:
    """Return the one value that a SELECT gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
