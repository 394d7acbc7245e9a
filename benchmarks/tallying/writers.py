"""pgbench processes that write without end, each on a database of its own, stopped and continued at will."""

import bisect
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from .cluster import Cluster, Database

CLIENTS, THREADS = 8, 2
WARM_SECONDS, SETTLE_SECONDS, SLICE_SECONDS = 3, 0.05, 1.0
LONGEST_SECONDS = 3600


class Writer:
    """Eight clients that run a script on a database, over and over, and write down when each run of it ended."""

    def __init__(self, database: Database, script: str, variables: Mapping[str, int], folder: Path) -> None:
        self.logs = folder / f"{database.name}.log"
        command = pgbench(database, script, variables, folder)
        command += ["-c", str(CLIENTS), "-j", str(THREADS), "-T", str(LONGEST_SECONDS), "-l", f"--log-prefix={self.logs}"]
        self.said = (folder / f"{database.name}.out").open("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said)

    def pause(self) -> None:
        """Stop it where it is; what its clients have locked is locked in their own database alone."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Continue it."""
        if self.process.poll() is not None:
            self.said.seek(0)
            raise RuntimeError(f"pgbench ended: {self.said.read()}")
        self.process.send_signal(signal.SIGCONT)

    def finish(self) -> list[float]:
        """Let it end by itself, and return when each run of the script ended, in order."""
        self.go_on()
        # The signal by which it tells itself that its time is over: it then writes all that it has to say.
        self.process.send_signal(signal.SIGALRM)
        self.process.wait(timeout=30)
        ended = []
        for path in self.logs.parent.glob(f"{self.logs.name}.*"):
            ended += [int(words[4]) + int(words[5]) / 1e6 for words in map(str.split, path.read_text().splitlines())]
            path.unlink()
        return sorted(ended)

    def kill(self) -> None:
        """End it at once, if it still runs."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.said.close()


def pgbench(database: Database, script: str, variables: Mapping[str, int], folder: Path) -> list[str]:
    """Write the command that runs a script on a database by prepared statements; how often is left to be said."""
    path = folder / f"{database.name}.sql"
    path.write_text(script)
    server = database.server
    command = [str(server.programs / "pgbench"), database.name, "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres"]
    return [*command, "-n", "-M", "prepared", "-f", str(path), *(f"-D{name}={value}" for name, value in variables.items())]


@dataclass(frozen=True, slots=True)
class Slice:
    """What one design did while it alone was running."""

    rate: float
    wal_each: float


@contextmanager
def writing(cluster: Cluster, scripts: Mapping[Database, str], variables: Mapping[str, int]) -> Iterator[dict[str, Writer]]:
    """Start a writer for each database, warm and paused; they are ended afterwards."""
    cluster.checkpoint()
    with ExitStack() as stack:
        writers = {}
        for database, script in scripts.items():
            writer = writers[database.name] = Writer(database, script, variables, cluster.folder)
            stack.callback(writer.kill)
            time.sleep(WARM_SECONDS)
            writer.pause()
        yield writers


def slices(
    cluster: Cluster, writers: Mapping[str, Writer], meanwhile: Mapping[str, Callable[[], object]], rounds: int, what: str
) -> dict[str, list[Slice]]:
    """Let each writer run for a second a round, in an order drawn anew; `meanwhile` is done once within its second."""
    spans: dict[str, list[tuple[float, float, int]]] = {name: [] for name in writers}
    with cluster.watch() as position:
        for _ in tqdm(range(rounds), desc=what, disable=None, leave=False):
            for name in random.sample(list(writers), len(writers)):
                spans[name].append(_slice(writers[name], meanwhile.get(name), position))
    return {name: _judged(writers[name].finish(), spans[name]) for name in writers}


def _slice(writer: Writer, meanwhile: Callable[[], object] | None, position: Callable[[], int]) -> tuple[float, float, int]:
    writer.go_on()
    time.sleep(SETTLE_SECONDS)  # what was under way when it was paused ends
    began, before = time.time(), position()
    time.sleep(SLICE_SECONDS / 2)
    if meanwhile:
        meanwhile()
    time.sleep(max(0, began + SLICE_SECONDS - time.time()))
    after, ended = position(), time.time()
    writer.pause()
    return began, ended, after - before


def _judged(finished: list[float], spans: list[tuple[float, float, int]]) -> list[Slice]:
    found = []
    for began, ended, wal in spans:
        number = bisect.bisect(finished, ended) - bisect.bisect(finished, began)
        found.append(Slice(number / (ended - began), wal / max(number, 1)))
    return found
