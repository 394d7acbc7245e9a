"""Runs of Schemathesis against a server, and their results."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.programs import ROOT

HERE = Path(__file__).parent
SCHEMATHESIS = Path(sys.executable).parent / "st"


@dataclass(frozen=True)
class Outcome:
    """The result of one run; `responses` are counts by operation and status."""

    status: int
    output: str
    phases: dict[str, str]
    responses: dict[str, dict[str, int]]

    @property
    def success_counts(self) -> dict[str, tuple[int, int]]:
        """The number of 2xx responses and of all responses, by operation."""
        return {
            operation: (sum(number for status, number in counts.items() if status[0] == "2"), sum(counts.values()))
            for operation, counts in sorted(self.responses.items())
        }

    @property
    def links(self) -> tuple[int, int]:
        """The number of links that were followed, and of all links."""
        match = re.search(r"API Links: +(\d+) covered / (\d+) selected", self.output)
        return (int(match[1]), int(match[2])) if match else (0, 0)

    def table(self, title: str) -> str:
        """Return a table of the success counts as text."""
        rows = [f"{good / all_:>7.0%}  {good:>5} of {all_:<5}  {name}" for name, (good, all_) in self.success_counts.items()]
        followed, links = self.links
        return "\n".join([f"{title}: 2xx responses ({followed} of {links} links followed)", *rows])


def run(
    name: str, url: str, folder: Path, *, operations: tuple[str, ...], examples: int, seconds: float, **environment: str
) -> Outcome:
    """Run Schemathesis with the configuration NAME.toml on the operations with these ids."""
    report, response_counts = folder / "report.json", folder / "response-counts.json"
    selection = [part for operation in operations for part in ("--include-operation-id", operation)]
    lengths = ("--max-examples", str(examples))
    reports = ("--report", "json", "--report-json-path", str(report))
    process = subprocess.run(
        [SCHEMATHESIS, "--config-file", HERE / f"{name}.toml", "run", f"{url}/api/v1/schema", *selection, *lengths, *reports],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "CONTRACT_RESPONSE_COUNTS": str(response_counts), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    phases: dict[str, Any] = json.loads(report.read_text())["phases"] if report.exists() else {}
    return Outcome(
        process.returncode,
        process.stdout + process.stderr,
        {name: phase["status"] for name, phase in phases.items()},
        json.loads(response_counts.read_text()) if response_counts.exists() else {},
    )
