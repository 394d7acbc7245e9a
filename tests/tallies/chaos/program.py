"""Run the chaos as a program of its own, and leave nothing of it behind."""

import os
import sys
from pathlib import Path
from subprocess import TimeoutExpired
from typing import NamedTuple

from statsproject.demo.processes import Program

ROOT = Path(__file__).resolve().parents[3]


class Ended(NamedTuple):
    """How the program ended, and what it said."""

    status: int
    said: str


def chaos(folder: Path, *options: str, seconds: float) -> Ended:
    """Run `python -m tests.tallies.chaos`; errors: TimeoutExpired, with what it said until then."""
    command = [sys.executable, "-m", "tests.tallies.chaos", *options]
    program = Program.start("chaos", command, log_dir=folder, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        status = program.process.wait(seconds)
    except TimeoutExpired as error:
        raise TimeoutExpired(command, seconds, program.log.read_bytes()) from error
    finally:
        program.stop()
    return Ended(status, program.log.read_text())
