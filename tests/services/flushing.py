"""Emptying the database after a test that commits: faster than Django, which creates the permissions again each time."""

from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

# What the migrations write, and hardly any test changes.
WRITTEN_BY_MIGRATIONS = ("django_content_type", "auth_permission", "auth_group", "auth_group_permissions")

_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined] # the stubs omit it
_expected: dict[str, list[Any]] = {}


def keep_what_migrations_wrote() -> None:
    """Leave these rows in place after each test that has not changed them; a test that has is followed by Django's flush."""
    _expected.update(_rows())
    TransactionTestCase._fixture_teardown = _teardown  # type: ignore[attr-defined] # the stubs omit it


def _rows() -> dict[str, list[Any]]:
    with connection.cursor() as cursor:
        found = {}
        for table in WRITTEN_BY_MIGRATIONS:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            found[table] = cursor.fetchall()
        return found


def _teardown(case: Any) -> None:
    if _rows() != _expected:
        _flush(case)
        _expected.update(_rows())
        return
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    emptied = [table for table in tables if table not in WRITTEN_BY_MIGRATIONS]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), emptied))
