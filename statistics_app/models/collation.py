"""The collation of the app's tables on MariaDB and MySQL, whose default one takes `a` and `A` for the same text."""

from django.apps import apps
from django.db import connections

from ..db.sql import MYSQL
from .access_token import AccessToken

_COLLATION = "utf8mb4_bin"
_OTHERS = (
    "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = database() AND table_name IN ({}) AND table_collation <> %s"
)


def distinguish_texts(using: str) -> None:
    """Let the app's tables distinguish all texts, as other databases do: keys of accounts and rooms, and ids of snapshots.

    The tokens are an exception: they refer to the host's users, whose key must have the same collation.
    """
    connection = connections[using]
    if connection.vendor != MYSQL:
        return
    models = [model for model in apps.get_app_config("statistics_app").get_models() if model is not AccessToken]
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS.format(", ".join(["%s"] * len(tables))), [*tables, _COLLATION])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE {_COLLATION}")
