"""The demo as a program that runs beside tests."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from statsproject.programs.processes import Program, free_port, wait_until

from .programs import ROOT


class Demo:
    """A running demo."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.port = free_port()
        self.credentials_file = folder / "demo.json"
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        environment |= {"VAR_DIR": str(folder), "PORT": str(self.port), "PYTHONPATH": str(ROOT), **variables}
        self.program = Program.start(
            "demo", [sys.executable, "-m", "statsproject.demo"], log_dir=folder / "log", env=environment
        )

    def wait(self) -> dict[str, str]:
        """Wait until the demo is ready, and return the credentials."""
        wait_until(lambda: "Press Ctrl-C to stop." in self.program.log.read_text(), "The demo", [self.program], 120)
        return json.loads(self.credentials_file.read_text())

    def statistics(self, credentials: dict[str, str], path: str = "statistics", **parameters: str) -> dict[str, Any]:
        """Return what the API answers to the administrator."""
        headers = {"X-User-Id": credentials["userId"], "X-Auth-Token": credentials["authToken"]}
        return requests.get(f"{credentials['url']}/api/v1/{path}", parameters, headers=headers, timeout=30).json()

    def processes(self) -> list[psutil.Process]:
        """Return all processes that the demo has started."""
        return psutil.Process(self.program.process.pid).children(recursive=True)


@contextmanager
def running_demo(folder: Path, **variables: str) -> Iterator[Demo]:
    """Start the demo, and stop it after the block."""
    started = Demo(folder, **variables)
    try:
        yield started
    finally:
        started.program.stop(signal.SIGINT)
