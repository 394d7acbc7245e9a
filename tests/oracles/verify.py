"""`python -m tests.oracles.verify DIR`: import a folder into fresh databases and hold every count against the oracle."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.oracles.rocketchat import count
from tests.services.postgresql import PostgreSQL

ROOT = Path(__file__).resolve().parent.parent.parent


def statistics(folder: Path, database_url: str) -> dict[str, Any]:
    """Import a folder into an empty database and return what the statistics say."""
    with tempfile.TemporaryDirectory(prefix="stats-verify-") as var:
        environment = {**os.environ, "VAR_DIR": var, "DATABASE_URL": database_url or f"sqlite:///{var}/verify.sqlite3"}
        environment["DJANGO_SETTINGS_MODULE"] = "statsproject.settings"

        def manage(*arguments: str) -> str:
            command = [sys.executable, str(ROOT / "manage.py"), *arguments]
            return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

        manage("migrate", "-v0")
        sys.stderr.write(manage("import_chat", "rocketchat", str(folder.resolve())))
        return json.loads(manage("generate_statistics", "--json"))


def differences(expected: dict[str, Any], said: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name the keys on which the two disagree."""
    return {key: (value, said.get(key)) for key, value in expected.items() if said.get(key) != value}


def main() -> int:
    """Verify on SQLite and on PostgreSQL; 1 when anything differs."""
    folder = Path(sys.argv[1])
    expected = count(folder)
    wrong = False
    server = PostgreSQL()
    server.start()
    try:
        for name, url in {"SQLite": "", "PostgreSQL": server.url}.items():
            differing = differences(expected, statistics(folder, url))
            wrong |= bool(differing)
            print(f"{name}: {len(expected)} statistics, {len(differing)} differ")
            for key, (oracle, said) in differing.items():
                print(f"  {key}: the files hold {oracle!r}, the statistics say {said!r}")
    finally:
        server.stop()
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
