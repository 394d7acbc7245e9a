"""The stranger's project, run as its owner would run it."""

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
    """The stranger's project, in processes of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a module; warnings are errors there too."""
        ours = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
        stranger = {"DJANGO_SETTINGS_MODULE": "tests.otherchat.settings", "OTHERCHAT_FOLDER": str(self.folder)}
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", *arguments],
            cwd=self.folder,
            env={**ours, **stranger, "PYTHONPATH": str(ROOT), **self.environment},
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command that has to succeed."""
        ended = self.run("django", *arguments)
        assert ended.returncode == 0, ended.stderr
        return ended

    def ask(self, *calls: dict[str, Any]) -> list[dict[str, Any]]:
        """Call paths of the project."""
        ended = self.run("tests.otherchat.ask", given=json.dumps(calls))
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    def headers(self, username: str) -> dict[str, str]:
        """Make a token for a user."""
        lines = self.manage("create_token", username).stdout.splitlines()
        return dict(line.split(": ", 1) for line in lines)
