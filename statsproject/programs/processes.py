"""Programs that run in the background: starting, monitoring and stopping them."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 10
LOG_LINES = 15


class ProcessError(Exception):
    """A program was not ready in time, or exited. The message names it and contains the last lines of its log."""


@dataclass
class Program:
    """A running program, in its own process group, so that its children can be stopped together with it."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @classmethod
    def start(
        cls, name: str, command: Sequence[str], *, log_dir: Path, env: Mapping[str, str], user: str | None = None
    ) -> "Program":
        """Start a program, as another user if one is named, with its output in the log file `NAME.log`."""
        log_dir.mkdir(parents=True, exist_ok=True)
        log = log_dir / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env, user=user, start_new_session=True
            )
        return cls(name, process, log)

    def require_running(self) -> None:
        """Raise ProcessError if the program has exited."""
        if (status := self.process.poll()) is not None:
            lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            raise ProcessError("\n".join([f"'{self.name}' exited with status {status}. The last lines of its log:", *lines]))

    def stop(self, first_signal: signal.Signals = signal.SIGTERM) -> None:
        """Stop the program, and kill what is left of it and its children after STOP_SECONDS, or when it has ended.

        Only the program itself gets the first signal: it knows in which order to end its children, and a Celery worker lets
        them finish their tasks.
        """
        if self.process.poll() is None:
            self.process.send_signal(first_signal)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(ready: Callable[[], bool], what: str, programs: Sequence[Program], seconds: float = 60) -> None:
    """Wait until `ready()` returns true.

    Errors: ProcessError when that takes longer than the given time, or when one of the programs exits. `what` is the subject
    of its message.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        for program in programs:
            program.require_running()
        if time.monotonic() > deadline:
            logs = f" See the logs in {programs[0].log.parent}." if programs else ""
            raise ProcessError(f"{what} was not ready within {seconds:g} s.{logs}")
        time.sleep(0.05)


def is_listening(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether a server listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def free_port() -> int:
    """Return a port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
