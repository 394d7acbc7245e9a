"""Run Schemathesis against a server, and read what it found."""

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
    """What one pass came to; `answers` are counts by operation and status."""

    status: int
    output: str
    phases: dict[str, str]
    answers: dict[str, dict[str, int]]

    @property
    def shares(self) -> dict[str, tuple[int, int]]:
        """Give (how many 2xx, of how many) by operation."""
        return {
            operation: (sum(number for status, number in counts.items() if status[0] == "2"), sum(counts.values()))
            for operation, counts in sorted(self.answers.items())
        }

    @property
    def links(self) -> tuple[int, int]:
        """Give (how many links were followed, of how many)."""
        told = re.search(r"API Links: +(\d+) covered / (\d+) selected", self.output)
        return (int(told[1]), int(told[2])) if told else (0, 0)

    def table(self, title: str) -> str:
        """Lay the shares out for reading."""
        rows = [f"{good / all_:>7.0%}  {good:>5} of {all_:<5}  {name}" for name, (good, all_) in self.shares.items()]
        followed, links = self.links
        return "\n".join([f"{title}: answers 2xx ({followed} of {links} links followed)", *rows])


def run(
    name: str, url: str, folder: Path, *, operations: tuple[str, ...], examples: int, seconds: float, **environment: str
) -> Outcome:
    """Run the pass that NAME.toml describes over the operations of these ids."""
    report, answers = folder / "report.json", folder / "answers.json"
    chosen = [part for operation in operations for part in ("--include-operation-id", operation)]
    lengths = ("--max-examples", str(examples))
    reports = ("--report", "json", "--report-json-path", str(report))
    done = subprocess.run(
        [SCHEMATHESIS, "--config-file", HERE / f"{name}.toml", "run", f"{url}/api/v1/schema", *chosen, *lengths, *reports],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "CONTRACT_ANSWERS": str(answers), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    phases: dict[str, Any] = json.loads(report.read_text())["phases"] if report.exists() else {}
    return Outcome(
        done.returncode,
        done.stdout + done.stderr,
        {phase: described["status"] for phase, described in phases.items()},
        json.loads(answers.read_text()) if answers.exists() else {},
    )
