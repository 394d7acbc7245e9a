"""Start programs, notice when one ends, and leave none behind."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10
SHOWN_LINES = 15


class ProcessError(Exception):
    """A program that did not start or did not stay: says which, and what it wrote last."""


@dataclass
class Program:
    """A running program, in a process group of its own so that its children end with it."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @classmethod
    def start(cls, name: str, command: Sequence[str], *, log_dir: Path, env: Mapping[str, str]) -> "Program":
        """Start a program that writes to a log file of its own."""
        log_dir.mkdir(parents=True, exist_ok=True)
        log = log_dir / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env, start_new_session=True
            )
        return cls(name, process, log)

    def require_running(self) -> None:
        """Raise ProcessError with the end of its log if the program has ended."""
        if (status := self.process.poll()) is not None:
            lines = self.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
            raise ProcessError("\n".join([f"'{self.name}' ended with status {status}. It wrote last:", *lines]))

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """End the program and its children: asked first, then made to."""
        for number in (sent, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
                self.process.wait(STOP_SECONDS)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


def wait_until(ready: Callable[[], bool], what: str, programs: Sequence[Program], seconds: float = 60) -> None:
    """Wait for something while the programs keep running; errors: ProcessError."""
    deadline = time.monotonic() + seconds
    while not ready():
        for program in programs:
            program.require_running()
        if time.monotonic() > deadline:
            raise ProcessError(f"{what} was not there within {seconds:g} s; see {programs[0].log.parent if programs else ''}.")
        time.sleep(0.05)


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether something listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
