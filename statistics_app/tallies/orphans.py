"""Database objects with the app's prefix that belong to no present declaration."""

from collections.abc import Collection, Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from .definitions import PREFIX

_NAMED = {
    "postgresql": (
        "SELECT 'FUNCTION', proname FROM pg_proc "
        "WHERE pronamespace = quote_ident(current_schema())::regnamespace AND starts_with(proname, %s) "
        "UNION ALL SELECT 'TABLE', relname FROM pg_class "
        "WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r' AND starts_with(relname, %s)"
    ),
    "sqlite": (
        "SELECT upper(type), name FROM sqlite_master WHERE type IN ('trigger', 'table') AND substr(name, 1, length(%s)) = %s "
        "ORDER BY type DESC"
    ),
}


def orphan_removals(connection: BaseDatabaseWrapper, names: Collection[str]) -> Iterator[str]:
    """Yield a DROP statement for every object of the app except those with these names; a function takes its trigger along."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED[connection.vendor], [PREFIX, PREFIX])
        objects = cursor.fetchall()
    for kind, name in objects:
        if name not in names:
            yield f'DROP {kind} IF EXISTS "{name}"{" CASCADE" if kind == "FUNCTION" else ""}'
