"""A workspace on one machine with SQLite: its settings in the environment, and the programs that serve it."""

import os
import sys
from pathlib import Path

import django

from .redis_server import provide_redis
from .supervisor import Supervisor

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Many requests may wait for a snapshot at once; there must be threads left to serve the others.
THREADS = "64"


def set_up_django(supervisor: Supervisor, folder: Path, database: Path) -> None:
    """Set up Django with a folder and a database file, and start a Redis server. Without one, the filesystem broker is used."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "statsproject.settings"
    os.environ["VAR_DIR"] = str(folder)
    os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    folder.mkdir(parents=True, exist_ok=True)
    if url := provide_redis(supervisor):
        os.environ["REDIS_URL"] = url
    django.setup()


def workspace_commands(port: int) -> dict[str, list[str]]:
    """Return the commands of the web server on a port, of a worker and of beat, by name."""
    celery = [sys.executable, "-m", "celery", "--app", "statsproject", "--workdir", str(BASE_DIR)]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "statsproject.wsgi:application"]
    return {
        "web": [*granian, "--working-dir", str(BASE_DIR), "--port", str(port), "--blocking-threads", THREADS],
        "worker": [*celery, "worker", "--pool", "solo", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""],
    }
