"""The host's settings, with a separate database for the test run."""

import os
import tempfile
from pathlib import Path

if os.environ.get("DATABASE_URL", "").startswith("mysql"):
    import pymysql

    # Django's backend is written for mysqlclient, which has to be compiled; this driver is Python only.
    pymysql.version_info = (2, 2, 7, "final", 0)
    pymysql.install_as_MySQLdb()

from statsproject.settings import *  # noqa: F403
from statsproject.settings import DATABASES, INSTALLED_APPS, STATISTICS

# A file, not memory: questions are asked on separate connections, as in production.
DATABASES["default"]["TEST"] = {
    "NAME": None
    if not DATABASES["default"]["ENGINE"].endswith("sqlite3")
    else str(Path(os.environ.get("TESTS_FOLDER", tempfile.gettempdir())) / "tests.sqlite3"),
}
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests change what a request depends on between two requests.
STATISTICS["TRUST_SECONDS"] = float(os.environ.get("STATISTICS_TRUST_SECONDS", "0"))
# Chats whose tables no migration creates: for tests that declare a column of every type, and several tables of a kind.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.anychat", "tests.manychat"]
