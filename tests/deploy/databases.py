"""Databases of a workspace, made, saved and restored by commands as operators run them."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from statsproject.programs.postgresql_server import postgresql_package
from tests.services.postgresql import PostgreSQL
from tests.services.programs import ROOT

FILL = """
import django; django.setup()
from django.utils import timezone
from statsproject.chat.models import Message
from statsproject.chat.seeding import Plan, fill
fill(Plan(now=timezone.now(), days=30, messages=1000, uploads=50))
Message.objects.filter(pk__in=Message.objects.filter(thread_root=None).order_by("pk").values("pk")[:100]).delete()
"""
SUMS = "SELECT sum(number), sum(removed), count(*) FROM statistics_app_eventrollup"
TOKENS = "SELECT digest, name FROM statistics_app_accesstoken ORDER BY digest"
SNAPSHOTS = "SELECT id, body FROM statistics_app_snapshot ORDER BY number"
TOTALS = ("totalUsers", "totalRooms", "totalMessages", "totalThreads", "totalChannelMessages", "uploadsTotal")


class Database:
    """One database of a server, in whose environment shell commands run."""

    def __init__(self, server: PostgreSQL, name: str, folder: Path) -> None:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        self.folder = folder
        self.url = server.url_of(name)
        package = postgresql_package()
        assert package
        path = [str(Path(sys.executable).parent), str(package / "pginstall" / "bin"), os.environ["PATH"]]
        unset = {"REDIS_URL", "STATISTICS_TRUST_SECONDS", "DJANGO_SETTINGS_MODULE"}
        self.environment = {name: value for name, value in os.environ.items() if name not in unset} | {
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "statsproject.settings",
            "PATH": ":".join(path),
            "PYTHONPATH": str(ROOT),
            "VAR_DIR": str(folder),
        }

    def run(self, *scripts: str) -> str:
        """Run shell commands, each of which has to succeed, and return what they print."""
        (self.folder / "manage.py").unlink(missing_ok=True)
        (self.folder / "manage.py").symlink_to(ROOT / "manage.py")
        script = "set -e\n" + "\n".join(scripts)
        result = subprocess.run(
            ["sh", "-c", script], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def fill(self) -> None:
        """Make a workspace with a past, removed messages, snapshots and a token."""
        self.run("python manage.py migrate", f"python -c '{FILL}'", "python manage.py roll_up_history")
        self.run("python manage.py generate_statistics", "python manage.py create_token demo --name kept")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]
