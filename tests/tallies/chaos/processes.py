"""The worker processes of a run. Each is forked, has its own counters, and can be killed and restarted."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from random import Random

from django.db import connections

from .counters import Counters, Findings

STOP_SECONDS = 60
Work = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True)
class WorkerContext:
    """What a worker gets: the index of its counters, a random generator, and a unique prefix for the ids of new rows."""

    index: int
    rng: Random
    id_prefix: str


@dataclass
class Worker:
    """A worker process. Workers are stopped by group."""

    name: str
    group: str
    make: Callable[[WorkerContext], Work]
    index: int
    role: str = ""
    starts: int = 0
    process: BaseProcess | None = None


@dataclass
class Processes:
    """Starts, monitors, kills and stops the worker processes."""

    counters: Counters
    findings: Findings
    seed: int
    workers: list[Worker] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)

    def add(self, group: str, make: Callable[[WorkerContext], Work], role: str = "") -> None:
        """Start a worker in a group. `make` returns its work, a function that runs until its argument returns true.

        `role` is the database role that it connects as, by default that of this process.
        """
        number = sum(worker.group == group for worker in self.workers)
        worker = Worker(f"{group}-{number}", group, make, len(self.workers), role)
        self.workers.append(worker)
        self._start(worker)

    def kill(self, group: str, number: int) -> str:
        """Kill a worker of a group, restart it, and return its name."""
        worker = [worker for worker in self.workers if worker.group == group][number]
        assert worker.process is not None
        worker.process.kill()
        worker.process.join()
        self._start(worker)
        return worker.name

    def require_running(self) -> None:
        """Raise RuntimeError if a worker exited by itself."""
        for worker in self.workers:
            if worker.group not in self.stopped and worker.process is not None and not worker.process.is_alive():
                raise RuntimeError(f"{worker.name} exited with status {worker.process.exitcode}.")

    def stop(self, group: str) -> None:
        """Stop the workers of a group.

        Errors: RuntimeError when one does not stop in time or exits with an error.
        """
        self.stopped.add(group)
        stopping = [worker for worker in self.workers if worker.group == group and worker.process is not None]
        for worker in stopping:
            os.kill(worker.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for worker in stopping:
            worker.process.join(max(0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                raise RuntimeError(f"{worker.name} did not stop.")
            if worker.process.exitcode:
                raise RuntimeError(f"{worker.name} exited with status {worker.process.exitcode}.")

    def kill_all(self) -> None:
        """Kill all workers that are still running."""
        for worker in self.workers:
            if worker.process is not None and worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def _start(self, worker: Worker) -> None:
        worker.starts += 1
        worker.process = multiprocessing.get_context("fork").Process(target=self._run, args=(worker,), name=worker.name)
        # Until the child has installed its own handler, it has that of this process. SIGTERM stays blocked until then.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        try:
            worker.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    def _run(self, worker: Worker) -> None:
        stop_requests = []
        signal.signal(signal.SIGTERM, lambda *_: stop_requests.append(True))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        if connections["default"].vendor == "postgresql":
            connections["default"].settings_dict["OPTIONS"]["application_name"] = worker.name
            if worker.role:
                connections["default"].settings_dict["USER"] = worker.role
        try:
            id_prefix = f"{worker.name}.{worker.starts}"
            worker.make(WorkerContext(worker.index, Random(f"{self.seed} {id_prefix}"), id_prefix))(lambda: bool(stop_requests))
        except Exception:
            self.findings.add(kind="error", process=worker.name, traceback=traceback.format_exc())
            raise
        finally:
            connections.close_all()
