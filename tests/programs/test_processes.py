"""Stopping programs: what becomes of their children."""

import os
import sys
from pathlib import Path

import psutil

from statsproject.programs.processes import Program, wait_until

# A child that SIGTERM ends at once, as the processes of a Celery worker are; its parent ends when the child has.
PARENT = """
import signal, subprocess, sys
CHILD = "import time; print('ready', flush=True); time.sleep({seconds}); print('done')"
child = subprocess.Popen([sys.executable, "-c", CHILD])
signal.signal(signal.SIGTERM, lambda *_: {then})
child.wait()
"""


def start(folder: Path, seconds: float, then: str) -> Program:
    """Start the parent and wait until its child is running."""
    command = [sys.executable, "-c", PARENT.format(seconds=seconds, then=then)]
    program = Program.start("parent", command, log_dir=folder, env=os.environ)
    wait_until(lambda: "ready" in program.log.read_text(), "The child", [program])
    return program


def test_a_program_may_let_its_children_finish(tmp_path: Path) -> None:
    program = start(tmp_path, 1, "None")
    program.stop()
    assert (program.process.returncode, program.log.read_text().split()) == (0, ["ready", "done"])


def test_children_that_are_left_are_killed(tmp_path: Path) -> None:
    program = start(tmp_path, 600, "sys.exit(3)")
    (child,) = psutil.Process(program.process.pid).children()
    program.stop()
    assert program.process.returncode == 3
    child.wait(30)
