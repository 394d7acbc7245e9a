"""The chaos test as a separate program."""

import os
import sys
from pathlib import Path
from subprocess import TimeoutExpired
from typing import NamedTuple

from statsproject.programs.processes import Program

ROOT = Path(__file__).resolve().parents[3]


class Result(NamedTuple):
    """The exit status and the output of the program."""

    status: int
    output: str


def chaos(folder: Path, *options: str, seconds: float) -> Result:
    """Run `python -m tests.tallies.chaos` with options, and return the result.

    Errors: TimeoutExpired, with the output so far, when it takes longer than the given time.
    """
    command = [sys.executable, "-m", "tests.tallies.chaos", *options]
    program = Program.start("chaos", command, log_dir=folder, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        status = program.process.wait(seconds)
    except TimeoutExpired as error:
        raise TimeoutExpired(command, seconds, program.log.read_bytes()) from error
    finally:
        program.stop()
    return Result(status, program.log.read_text())
