"""Programs that belong together: started in order, watched, and stopped in reverse order on Ctrl-C."""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NoReturn

from .interrupts import Interrupts
from .processes import ProcessError, Program, is_listening, wait_until

DEFAULT_PORT = 3000


class Supervisor:
    """The programs of one command; `stack` stops them when it is closed, the last one first."""

    def __init__(self, log_dir: Path, stack: ExitStack, interrupts: Interrupts) -> None:
        self.log_dir = log_dir
        self.stack = stack
        self.programs: list[Program] = []
        self._interrupts = interrupts

    def add(self, start: Callable[[], Program], stop_signal: signal.Signals = signal.SIGTERM) -> Program:
        """Call a function that starts a program, and register that; the signal is the one that ends it in good order."""
        with self._interrupts.delayed():
            program = start()
            self.stack.callback(program.stop, stop_signal)
        self.programs.append(program)
        return program

    def start(self, name: str, command: list[str], stop_signal: signal.Signals = signal.SIGTERM) -> Program:
        """Start a program with the environment of this process, and its output in a log file."""
        return self.add(partial(Program.start, name, command, log_dir=self.log_dir, env=os.environ), stop_signal)

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until `ready()` returns true. Errors: ProcessError when it takes too long, or when a program exits."""
        wait_until(ready, what, self.programs)

    def watch(self) -> NoReturn:
        """Wait until this process is interrupted. Errors: ProcessError when a program exits."""
        while True:
            for program in self.programs:
                program.require_running()
            time.sleep(0.5)


def run_until_interrupted(target: str, log_dir: Path, run: Callable[[int, Supervisor], None]) -> int:
    """Run a target of make on the port in PORT until it is stopped, and return the exit status.

    `run` starts the programs in order and then watches them; its ProcessError is printed.
    """
    interrupts = Interrupts()
    try:
        port = _port(target)
        interrupts.install()
        with ExitStack() as stack:
            try:
                run(port, Supervisor(log_dir, stack, interrupts))
            finally:
                interrupts.ignore()  # a second Ctrl-C must not interrupt stopping the programs
    except ProcessError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nAll programs have been stopped.")
    return 0


def _port(target: str) -> int:
    value = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (value.isdigit() and 0 < int(value) < 65536):
        raise ProcessError(f"PORT={value} is not a valid port. It must be a number from 1 to 65535.")
    if is_listening(int(value)):
        raise ProcessError(f"Port {value} is already in use. Choose another one: make {target} PORT={int(value) + 1}")
    return int(value)
