"""`python -m tests.otherchat.run_contract CLASS…`: run the contract of the other host's chat."""

import sys

import django
from django.conf import settings

# Its own app has no migrations, and PostgreSQL requires that the tables to which its tables refer are created with them.
settings.MIGRATION_MODULES = {
    **dict.fromkeys(["admin", "auth", "contenttypes", "sessions", "statistics_app"]),
    **settings.MIGRATION_MODULES,
}
django.setup()

from django.test.utils import get_runner  # noqa: E402 - models can be imported only after setup()

if __name__ == "__main__":
    labels = [f"tests.otherchat.contract.{name}" for name in sys.argv[1:]]
    sys.exit(bool(get_runner(settings)(verbosity=1, interactive=False).run_tests(labels)))
