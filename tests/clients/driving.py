"""One client in a process of its own, which does one command after the other."""

import json
import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from .published import Published, Refusal

PATIENCE_SECONDS = 60


class Driven:
    """The commands of one client: what it answers, and what it tells when it is refused."""

    def __init__(self, process: "subprocess.Popen[str]", errors: IO[str]) -> None:
        self._process = process
        self._errors = errors

    def ask(self, do: str, **arguments: Any) -> Any:
        """Do a command and return the answer."""
        said = self._say(do, arguments)
        assert "answer" in said, f"{do} was refused: {said['refusal']}"
        return said["answer"]

    def refusal(self, do: str, **arguments: Any) -> Refusal:
        """Do a command that has to be refused, and return what the client tells of it."""
        said = self._say(do, arguments)
        assert "refusal" in said, f"{do} was not refused: {said['answer']}"
        return Refusal(**said["refusal"])

    def _say(self, do: str, arguments: dict[str, Any]) -> dict[str, Any]:
        with suppress(BrokenPipeError):  # it has ended; its errors say why
            print(json.dumps({"do": do, **arguments}), file=self._process.stdin, flush=True)
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_SECONDS)
        line = self._process.stdout.readline() if self._process.stdout and ready else ""
        assert line, f"{do}: the client says nothing. Its errors:\n{self._complaints()}"
        return json.loads(line)

    def _complaints(self) -> str:
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        return self._errors.read()


@contextmanager
def driven(published: Published, url: str, folder: Path) -> Iterator[Driven]:
    """Start a client in its own environment, and end it."""
    with (
        (folder / f"{published.full_name}-errors.txt").open("w+") as errors,
        subprocess.Popen(
            [*published.command, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Nothing of ours is in its way: no path of modules, no settings, no proxy.
            env={"PATH": os.environ["PATH"]},
        ) as process,
    ):
        try:
            yield Driven(process, errors)
        finally:
            process.kill()
