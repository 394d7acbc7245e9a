"""`python -m tests.otherchat.left_over`: print what the app has in the other host's databases, with triggers and functions."""

import django

django.setup()

from django.db import connections  # noqa: E402 - connections can be used only after setup()

CATALOGUE = {
    "sqlite": "SELECT type || ' ' || name FROM sqlite_master WHERE name LIKE 'statistics%' AND sql IS NOT NULL",
    "postgresql": (
        "SELECT 'relation ' || relname FROM pg_class WHERE relname LIKE 'statistics%' "
        "UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE proname LIKE 'statistics%' "
        "UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE 'statistics%'"
    ),
}

if __name__ == "__main__":
    for connection in connections.all():
        with connection.cursor() as cursor:
            cursor.execute(CATALOGUE[connection.vendor])
            for (name,) in cursor.fetchall():
                print(connection.alias, name)
