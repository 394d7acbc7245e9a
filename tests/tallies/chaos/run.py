"""One run: fill, install, let all loose, kill, stop, and hold everything against a full recount."""

import time
from dataclasses import asdict
from pathlib import Path
from random import Random

from django.db import connection, connections
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import declared_tallies
from statistics_app.tallies.installer import Installer

from .board import Board, Findings
from .cluster import Cluster
from .comparing import answers_differ, source_of, statement_differs, sums_differ
from .crew import Crew, Seat, Work
from .deeds import EDGES, LEVELS, SHAPES, Deeds
from .filling import fill, let_the_database_cascade
from .goals import Goals
from .keepers import KEPT, Keeper
from .reader import READS, Reader
from .variants import Variant
from .victims import Victims
from .writer import Writer

READERS = 8
COMPACTORS = 2
LOOK_SECONDS = 0.1


class Run:
    """A run of one variant against one database; what was found is in `findings`."""

    def __init__(self, goals: Goals, seed: int, variant: Variant, folder: Path) -> None:
        self.goals, self.variant = goals, variant
        self.on_postgresql = connection.vendor == "postgresql"
        self.deeds = Deeds.of(connection.vendor, variant.favoured)
        self.kinds = [*self.deeds.names, *SHAPES]
        self.levels = tuple(LEVELS) if self.on_postgresql else ()
        self.seed = seed
        self.findings = Findings(folder / "findings")
        self.tallies = variant.of(declared_tallies(chat_source(timezone.now())))
        self.missing: list[str] = []

    def go(self, writers: int, cluster: Cluster | None, kill_every: float) -> None:
        """Do it all. Errors: those of processes that ended by themselves."""
        installer = Installer(self.tallies, say=str)
        installer.uninstall()
        fill(self.seed)
        installer.install()
        phases = [False, True] if self.on_postgresql else [False]
        places = READERS + COMPACTORS + 1 + writers * len(phases)
        self.board = Board([*self.kinds, EDGES, *self.levels, *READS, *KEPT], places)
        self.crew = Crew(self.board, self.findings, self.seed)
        self.victims = Victims(self.crew, Random(self.seed), cluster)
        self.began = time.monotonic()
        self.kill_at = self.began + kill_every
        try:
            self._keep_and_read()
            for number, cascades in enumerate(phases, 1):
                self._write(writers, cascades, number / len(phases), kill_every)
            for group in ("reader", "compactor", "rebuilder"):
                self.crew.stop(group)
        finally:
            self.crew.kill_all()
        self.took = time.monotonic() - self.began
        self._recount()

    def _keep_and_read(self) -> None:
        def reader(seat: Seat) -> Work:
            return Reader(self.board, seat.place, seat.chance, self.tallies, self.findings).work

        def keeper(seat: Seat) -> Keeper:
            return Keeper(self.board, seat.place, seat.chance, self.tallies, self.findings, self.variant.fold)

        connections.close_all()
        for _ in range(READERS):
            self.crew.add("reader", reader)
        for _ in range(COMPACTORS):
            self.crew.add("compactor", lambda seat: keeper(seat).compact)
        self.crew.add("rebuilder", lambda seat: keeper(seat).rebuild)

    def _write(self, writers: int, cascades: bool, share: float, kill_every: float) -> None:
        """Let writers loose until this part of the goals is reached, or something was found."""

        def writer(seat: Seat) -> Work:
            return Writer(self.board, seat.place, seat.chance, self.deeds, seat.mark, cascades).work

        if self.findings.all():
            return
        if cascades:
            let_the_database_cascade()
            connections.close_all()
        group = f"writer-{'cascading' if cascades else 'deferred'}"
        for _ in range(writers):
            self.crew.add(group, writer)
        goals = self.goals.part(share)
        while self._goes_on(goals):
            time.sleep(LOOK_SECONDS)
            self.crew.require_alive()
            if time.monotonic() > self.kill_at:
                self.victims.next(group)
                self.kill_at = time.monotonic() + kill_every
        self.crew.stop(group)

    def _goes_on(self, goals: Goals) -> bool:
        if self.findings.all():
            return False
        past = time.monotonic() - self.began
        self.missing = goals.missing(self.board, self.kinds, self.victims.killed)
        return past < goals.seconds or (bool(self.missing) and past < goals.limit)

    def _recount(self) -> None:
        """Compare everything once more, before and after the last fold."""
        for when in ("before the last fold", "after the last fold"):
            statements = statement_differs(self.tallies) if self.on_postgresql else ()
            for difference in (*sums_differ(self.tallies), *answers_differ(source_of(self.tallies)), *statements):
                self.findings.add(kind="difference", read=f"recount {when}", **asdict(difference))
            while self.variant.fold(self.tallies):
                pass
