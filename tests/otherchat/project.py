"""The other host as a project, run in processes of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Project:
    """The other host, with a folder for its data and additional environment variables."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a Python module; warnings are errors, as in this test run."""
        inherited = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
        own = {"DJANGO_SETTINGS_MODULE": "tests.otherchat.settings", "OTHERCHAT_FOLDER": str(self.folder)}
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", *arguments],
            cwd=self.folder,
            env={**inherited, **own, "PYTHONPATH": str(ROOT), **self.environment},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command that must succeed."""
        result = self.run("django", *arguments)
        assert result.returncode == 0, result.stderr
        return result

    def request_all(self, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        """Send requests to the project, and return its responses; `request.py` describes both."""
        result = self.run("tests.otherchat.request", stdin=json.dumps(requests))
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def headers(self, username: str) -> dict[str, str]:
        """Create a token for a user and return its headers."""
        lines = self.manage("create_token", username).stdout.splitlines()
        return dict(line.split(": ", 1) for line in lines)
