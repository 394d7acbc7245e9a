"""The processes of a run: each forked, each with its own place on the board, each may be killed and started again."""

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

from .board import Board, Findings

STOP_SECONDS = 60
Work = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True)
class Seat:
    """What a process is given: its place on the board, chance of its own, and a mark that no other has."""

    place: int
    chance: Random
    mark: str


@dataclass
class Member:
    """One process with what it does; `group` says when it is to stop."""

    name: str
    group: str
    make: Callable[[Seat], Work]
    place: int
    life: int = 0
    process: BaseProcess | None = None


@dataclass
class Crew:
    """Starts, watches, kills and stops them."""

    board: Board
    findings: Findings
    seed: int
    members: list[Member] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)

    def add(self, group: str, make: Callable[[Seat], Work]) -> None:
        """Start one more; `make` returns its work."""
        number = sum(member.group == group for member in self.members)
        member = Member(f"{group}-{number}", group, make, len(self.members))
        self.members.append(member)
        self._start(member)

    def kill(self, group: str, number: int) -> str:
        """Kill a process of a group and start it again."""
        member = [member for member in self.members if member.group == group][number]
        assert member.process is not None
        member.process.kill()
        member.process.join()
        self._start(member)
        return member.name

    def require_alive(self) -> None:
        """Raise when a process ended by itself."""
        for member in self.members:
            if member.group not in self.stopped and member.process is not None and not member.process.is_alive():
                raise RuntimeError(f"{member.name} ended with status {member.process.exitcode}.")

    def stop(self, group: str) -> None:
        """Let a group come to an end."""
        self.stopped.add(group)
        ending = [member for member in self.members if member.group == group and member.process is not None]
        for member in ending:
            os.kill(member.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for member in ending:
            member.process.join(max(0, deadline - time.monotonic()))
            if member.process.is_alive():
                member.process.kill()
                raise RuntimeError(f"{member.name} did not come to an end.")
            if member.process.exitcode:
                raise RuntimeError(f"{member.name} ended with status {member.process.exitcode}.")

    def kill_all(self) -> None:
        """Leave nobody behind."""
        for member in self.members:
            if member.process is not None and member.process.is_alive():
                member.process.kill()
                member.process.join()

    def _start(self, member: Member) -> None:
        member.life += 1
        member.process = multiprocessing.get_context("fork").Process(target=self._live, args=(member,), name=member.name)
        # Asked to stop before it listens, a process would end as this one does; so it hears that only when it listens.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        try:
            member.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

    def _live(self, member: Member) -> None:
        asked = []
        signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        if connections["default"].vendor == "postgresql":
            connections["default"].settings_dict["OPTIONS"]["application_name"] = member.name
        try:
            mark = f"{member.name}.{member.life}"
            member.make(Seat(member.place, Random(f"{self.seed} {mark}"), mark))(lambda: bool(asked))
        except Exception:
            self.findings.add(kind="fault", who=member.name, trace=traceback.format_exc())
            raise
        finally:
            connections.close_all()
