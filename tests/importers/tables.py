"""The rows of the chat's tables, in digests that show whether two imports gave the same: `python -m tests.importers.tables`.

The command prints those of the database in DATABASE_URL, in JSON.
"""

import hashlib
import json
import os

import django
from django.apps import apps
from django.db import connection

TABLES = ("User", "Team", "Room", "Subscription", "Message", "Upload")


def table_hashes() -> dict[str, str]:
    """Return a hash of the rows of each of the chat's tables, in the order of their ids."""
    hashes = {}
    for name in TABLES:
        digest = hashlib.sha256()
        for row in apps.get_model("chat", name)._base_manager.order_by("pk").values_list().iterator(chunk_size=10_000):
            digest.update(repr(row).encode())
        hashes[name] = digest.hexdigest()
    return hashes


def empty_tables() -> None:
    """Delete the rows of the chat's tables."""
    with connection.cursor() as cursor:
        for table in ("message", "subscription", "upload", "room", "team"):
            cursor.execute(f"DELETE FROM chat_{table}")
        cursor.execute("DELETE FROM chat_user")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
    django.setup()
    print(json.dumps(table_hashes()))
