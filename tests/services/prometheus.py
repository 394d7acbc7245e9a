"""A Prometheus that scrapes a server of this run, and the tool that checks what it reads."""

import json
import os
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from statsproject.programs.processes import Program, free_port, wait_until

MISSING = (
    "The tests with Prometheus were skipped, since it was not found: install it (on Debian and Ubuntu: "
    "apt-get install prometheus)."
)
SCRAPE_SECONDS = 1


def is_installed() -> bool:
    """Return whether the program and its tool can be found."""
    return all(shutil.which(name) for name in ("prometheus", "promtool"))


def promtool(*arguments: str, given: str = "") -> str:
    """Run the tool with a text as its input, and return what it prints if it finds a fault, otherwise nothing."""
    result = subprocess.run(["promtool", *arguments], input=given, capture_output=True, text=True, check=False)
    return (
        ""
        if result.returncode == 0 and not result.stderr and "FAILED" not in result.stdout
        else f"{result.returncode}: {result.stdout}{result.stderr}"
    )


class Prometheus:
    """A server that scrapes one address every second; `credentials` is that part of the configuration of the job."""

    def __init__(
        self, folder: Path, address: str, path: str, credentials: dict[str, Any], rule_files: tuple[Path, ...] = ()
    ) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        interval = f"{SCRAPE_SECONDS}s"
        job = {"job_name": "statistics", "metrics_path": path, "static_configs": [{"targets": [address]}], **credentials}
        self.configuration = {
            "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "scrape_configs": [job],
            "rule_files": [str(file) for file in rule_files],
        }

    def start(self) -> Program:
        """Start it and wait until it is ready."""
        self.folder.mkdir(parents=True)
        # JSON is YAML.
        path = self.folder / "prometheus.yml"
        path.write_text(json.dumps(self.configuration))
        address = self.url.removeprefix("http://")
        arguments = (f"--config.file={path}", f"--storage.tsdb.path={self.folder / 'data'}", f"--web.listen-address={address}")
        started = Program.start("prometheus", ("prometheus", *arguments), log_dir=self.folder / "log", env=dict(os.environ))
        wait_until(self._is_ready, "Prometheus", [started])
        return started

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=10):
                return True
        except OSError:
            return False

    def get(self, operation: str, **parameters: str) -> Any:
        """Return the data of a response of its API."""
        with urllib.request.urlopen(
            f"{self.url}/api/v1/{operation}?{urllib.parse.urlencode(parameters)}", timeout=10
        ) as response:
            return json.load(response)["data"]

    def values(self, query: str) -> dict[tuple[tuple[str, str], ...], float]:
        """Return the values of a query by their labels, without those of the job."""
        return {
            tuple(
                sorted((name, text) for name, text in one["metric"].items() if name not in {"instance", "job", "__name__"})
            ): float(one["value"][1])
            for one in self.get("query", query=query)["result"]
        }

    def wait_for(self, query: str, seconds: float = 60) -> None:
        """Wait until a query has a result."""
        deadline = time.monotonic() + seconds
        while not self.values(query):
            assert time.monotonic() < deadline, self.get("targets")["activeTargets"]
            time.sleep(SCRAPE_SECONDS / 4)
