"""pgbench processes that write continuously, each to its own database, and can be paused and resumed."""

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
    """A pgbench process with eight clients that run a script repeatedly and log the time at which each run ended."""

    def __init__(self, database: Database, script: str, variables: Mapping[str, int], folder: Path) -> None:
        self.logs = folder / f"{database.name}.log"
        command = pgbench(database, script, variables, folder)
        command += ["-c", str(CLIENTS), "-j", str(THREADS), "-T", str(LONGEST_SECONDS), "-l", f"--log-prefix={self.logs}"]
        self.output = (folder / f"{database.name}.out").open("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)

    def pause(self) -> None:
        """Pause the process. Locks that its clients hold do not affect others, since they have their own databases."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the process. Errors: RuntimeError when it has exited."""
        if self.process.poll() is not None:
            self.output.seek(0)
            raise RuntimeError(f"pgbench exited: {self.output.read()}")
        self.process.send_signal(signal.SIGCONT)

    def finish(self) -> list[float]:
        """Stop the process and return the times at which the runs of the script ended, in ascending order."""
        self.resume()
        # pgbench sends itself this signal when its time is over. It then writes the rest of its logs.
        self.process.send_signal(signal.SIGALRM)
        self.process.wait(timeout=30)
        ended = []
        for path in self.logs.parent.glob(f"{self.logs.name}.*"):
            ended += [int(words[4]) + int(words[5]) / 1e6 for words in map(str.split, path.read_text().splitlines())]
            path.unlink()
        return sorted(ended)

    def kill(self) -> None:
        """Kill the process if it is still running."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.output.close()


def pgbench(database: Database, script: str, variables: Mapping[str, int], folder: Path) -> list[str]:
    """Return the command that runs a script on a database with prepared statements, without the number of runs."""
    path = folder / f"{database.name}.sql"
    path.write_text(script)
    server = database.server
    command = [str(server.programs / "pgbench"), database.name, "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres"]
    return [*command, "-n", "-M", "prepared", "-f", str(path), *(f"-D{name}={value}" for name, value in variables.items())]


@dataclass(frozen=True, slots=True)
class Slice:
    """The measurements of one design in one time slice: transactions per second, and bytes of WAL per transaction."""

    rate: float
    wal_bytes: float


@contextmanager
def writing(cluster: Cluster, scripts: Mapping[Database, str], variables: Mapping[str, int]) -> Iterator[dict[str, Writer]]:
    """Start a writer for each database, let it warm up and pause it. Yield the writers, and kill them afterwards."""
    cluster.checkpoint()
    with ExitStack() as stack:
        writers = {}
        for database, script in scripts.items():
            writer = writers[database.name] = Writer(database, script, variables, cluster.folder)
            stack.callback(writer.kill)
            time.sleep(WARM_SECONDS)
            writer.pause()
        yield writers


def measure_slices(
    cluster: Cluster,
    writers: Mapping[str, Writer],
    background: Mapping[str, Callable[[], object]],
    rounds: int,
    description: str,
) -> dict[str, list[Slice]]:
    """Run each writer for one second per round, in random order; call its function in `background` once in that second."""
    spans: dict[str, list[tuple[float, float, int]]] = {name: [] for name in writers}
    with cluster.wal_position() as position:
        for _ in tqdm(range(rounds), desc=description, disable=None, leave=False):
            for name in random.sample(list(writers), len(writers)):
                spans[name].append(_run_slice(writers[name], background.get(name), position))
    return {name: _to_slices(writers[name].finish(), spans[name]) for name in writers}


def _run_slice(
    writer: Writer, background: Callable[[], object] | None, position: Callable[[], int]
) -> tuple[float, float, int]:
    """Run a writer for one second, and return when this began and ended, and the bytes of WAL written."""
    writer.resume()
    time.sleep(SETTLE_SECONDS)  # lets the transactions end that were paused
    started, before = time.time(), position()
    time.sleep(SLICE_SECONDS / 2)
    if background:
        background()
    time.sleep(max(0, started + SLICE_SECONDS - time.time()))
    after, ended = position(), time.time()
    writer.pause()
    return started, ended, after - before


def _to_slices(finished: list[float], spans: list[tuple[float, float, int]]) -> list[Slice]:
    slices = []
    for started, ended, wal in spans:
        number = bisect.bisect(finished, ended) - bisect.bisect(finished, started)
        slices.append(Slice(number / (ended - started), wal / max(number, 1)))
    return slices
