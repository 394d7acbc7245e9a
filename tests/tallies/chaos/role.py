"""The role of the writers, which may write the chat's tables and has no right on the app's tallies."""

from typing import Any

from django.db import connection, transaction

from statistics_app.tallies.definitions import PREFIX

ROLE = "chat_application"
_TRUNCATED = """
WITH RECURSIVE emptied (name) AS (
  SELECT oid FROM pg_class WHERE relkind = 'r' AND starts_with(relname, 'chat_')
  UNION SELECT conrelid FROM pg_constraint JOIN emptied ON confrelid = name AND contype = 'f')
SELECT name::regclass::text, starts_with(relname, 'chat_') FROM emptied JOIN pg_class ON oid = name"""


def create_role() -> None:
    """Create the role, if it does not exist, and let it write the chat's tables.

    To truncate a table takes the right to truncate what references it, which are tables of Django and tokens.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchall():
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
        cursor.execute(_TRUNCATED)
        for table, is_of_the_chat in cursor.fetchall():
            rights = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE" if is_of_the_chat else "TRUNCATE"
            cursor.execute(f"GRANT {rights} ON {table} TO {ROLE}")
        _require_no_right_on_tallies(cursor)


def _require_no_right_on_tallies(cursor: Any) -> None:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE starts_with(relname, %s) AND relkind = 'r' "
        "AND has_table_privilege(%s, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')",
        [PREFIX, ROLE],
    )
    assert not cursor.fetchall()
