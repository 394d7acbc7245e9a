"""Keep the tables of the running counts as they are while somebody reads them."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper


def hold(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Let nobody empty or remove these tables, or make them anew, before the transaction ends; outside of one it does nothing.

    A table that was made anew is empty to whoever has an older view of the data, which PostgreSQL's dropping of tables does not
    heed; so it has to be held before it is looked up whether it stands. The host's tables come first: one that a TRUNCATE takes
    later, while we have only ours, would be a deadlock with the chat.
    """
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL", [[*tables]])
        if there := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"LOCK TABLE {', '.join(there)} IN ACCESS SHARE MODE")
