"""Keep the tables of the running counts as they are while somebody reads them."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

_THERE = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
# The name leads to the table that is there now; whether it is there for us too, the catalogue says as our view has it.
_FRESH = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(name))"""


def hold(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> set[str]:
    """Let nobody empty or remove these tables before the transaction ends; name those that are newer than its view of the data.

    A table that was made anew is empty to whoever has an older view, which PostgreSQL's dropping of tables does not heed. The
    host's tables come first: one that a TRUNCATE takes later, while we have only ours, would be a deadlock with the chat.
    Outside of a transaction there is nothing to hold.
    """
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_THERE, [[*tables]])
        there = [name for (name,) in cursor.fetchall()]
        if not there:
            return set()
        cursor.execute(f"LOCK TABLE {', '.join(there)} IN ACCESS SHARE MODE")
        cursor.execute(_FRESH, [there])
        return {name for (name,) in cursor.fetchall()}
