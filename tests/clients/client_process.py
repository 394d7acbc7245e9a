"""A client library in its own process, which executes one command after the other."""

import json
import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from .published_clients import PublishedClient, Refusal

RESPONSE_SECONDS = 60


class ClientProcess:
    """The process of a client; it takes commands and returns their results, or errors as the client reports them."""

    def __init__(self, process: "subprocess.Popen[str]", errors: IO[str]) -> None:
        self._process = process
        self._errors = errors

    def call(self, command: str, **arguments: Any) -> Any:
        """Execute a command and return its result."""
        reply = self._send(command, arguments)
        assert "result" in reply, f"{command} was refused: {reply['refusal']}"
        return reply["result"]

    def refusal(self, command: str, **arguments: Any) -> Refusal:
        """Execute a command that must be refused, and return the error as the client reports it."""
        reply = self._send(command, arguments)
        assert "refusal" in reply, f"{command} was not refused: {reply['result']}"
        return Refusal(**reply["refusal"])

    def _send(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        with suppress(BrokenPipeError):  # the process has ended; its error output tells why
            print(json.dumps({"command": command, **arguments}), file=self._process.stdin, flush=True)
        ready, _, _ = select.select([self._process.stdout], [], [], RESPONSE_SECONDS)
        line = self._process.stdout.readline() if self._process.stdout and ready else ""
        assert line, f"{command}: no reply from the client. Its error output:\n{self._error_output()}"
        return json.loads(line)

    def _error_output(self) -> str:
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        return self._errors.read()


@contextmanager
def running_client(client: PublishedClient, url: str, folder: Path) -> Iterator[ClientProcess]:
    """Start a client in its own environment, and stop it at the end."""
    with (
        (folder / f"{client.full_name}-errors.txt").open("w+") as errors,
        subprocess.Popen(
            [*client.command, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Without the variables of this process, such as module paths, settings and proxies.
            env={"PATH": os.environ["PATH"]},
        ) as process,
    ):
        try:
            yield ClientProcess(process, errors)
        finally:
            process.kill()
