"""A run of the chaos test: fill, install, start the workers, kill processes, stop, and compare with a full recount."""

import time
from dataclasses import asdict
from pathlib import Path
from random import Random

from django.db import connection, connections
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import declared_tallies
from statistics_app.tallies.installer import Installer

from .actions import BOUNDARIES, LEVELS, TRANSACTION_KINDS, Actions
from .breaker import BREAKS, REPAIRS, Breaker
from .cluster import Cluster
from .comparing import compare_answers, compare_in_one_statement, compare_totals, make_source
from .counters import Counters, Findings
from .fault_injector import FaultInjector
from .filling import cascade_in_the_database, drop_constraint_on_authors, fill
from .goals import Goals
from .maintenance import MAINTENANCE, Maintainer
from .processes import Processes, Work, WorkerContext
from .reader import PARTLY_LIVE, READS, Reader
from .role import ROLE, create_role
from .variants import CORRECT, Variant
from .writer import Writer

READERS = 8
COMPACTORS = 2
POLL_SECONDS = 0.1
LEISURE = 5


class Run:
    """A run of one variant on one database. Its differences and errors are in `findings`."""

    def __init__(self, goals: Goals, seed: int, variant: Variant, folder: Path) -> None:
        self.goals, self.variant = goals, variant
        self.on_postgresql = connection.vendor == "postgresql"
        self.actions = Actions.of(connection.vendor, variant.favoured)
        self.kinds = [*self.actions.names, *TRANSACTION_KINDS]
        self.levels = tuple(LEVELS) if self.on_postgresql else ()
        self.seed = seed
        self.findings = Findings(folder / "findings")
        self.tallies = variant.of(declared_tallies(chat_source(timezone.now())))
        self.missing: list[str] = []

    def go(self, writers: int, cluster: Cluster | None, kill_every: float, break_every: float) -> None:
        """Run. Errors: RuntimeError when a worker exits by itself."""
        installer = Installer(self.tallies, report=str)
        installer.uninstall()
        if self.on_postgresql:
            drop_constraint_on_authors()
        fill(self.seed)
        installer.install()
        if self.on_postgresql:
            create_role()
        phases = [False, True] if self.on_postgresql else [False]
        workers = READERS + COMPACTORS + 3 + writers * len(phases)
        self.counters = Counters(
            [*self.kinds, BOUNDARIES, *self.levels, *READS, PARTLY_LIVE, *MAINTENANCE, *BREAKS, REPAIRS], workers
        )
        self.processes = Processes(self.counters, self.findings, self.seed)
        self.fault_injector = FaultInjector(self.processes, Random(self.seed), cluster)
        self.started = time.monotonic()
        self.kill_at = self.started + kill_every
        try:
            self._start_readers_and_maintainers(break_every)
            for number, cascades in enumerate(phases, 1):
                self._write(writers, cascades, number / len(phases), kill_every)
            for group in ("reader", "compactor", "rebuilder", "breaker", "historian"):
                self.processes.stop(group)
        finally:
            self.processes.kill_all()
        self.took = time.monotonic() - self.started
        self._recount()

    def _start_readers_and_maintainers(self, break_every: float) -> None:
        def reader(context: WorkerContext) -> Work:
            return Reader(self.counters, context.index, context.rng, self.tallies, self.findings).work

        def maintainer(context: WorkerContext) -> Maintainer:
            return Maintainer(self.counters, context.index, context.rng, self.tallies, self.findings, self.variant.fold)

        def breaker(context: WorkerContext) -> Work:
            return Breaker(self.counters, context.index, context.rng, self.tallies, break_every).work

        connections.close_all()
        for _ in range(READERS):
            self.processes.add("reader", reader)
        for _ in range(COMPACTORS):
            self.processes.add("compactor", lambda context: maintainer(context).compact)
        self.processes.add("rebuilder", lambda context: maintainer(context).rebuild)
        self.processes.add("breaker", breaker)
        if self.variant.name == CORRECT:  # the history reads the declared tallies
            self.processes.add("historian", lambda context: maintainer(context).keep_history)

    def _write(self, writers: int, cascades: bool, fraction: float, kill_every: float) -> None:
        """Run writers, and kill processes, until this fraction of the goals is reached or there is a finding."""

        def writer(context: WorkerContext) -> Work:
            return Writer(
                self.counters, self.findings, context.index, context.rng, self.actions, context.id_prefix, cascades
            ).work

        if self.findings.all():
            return
        if cascades:
            cascade_in_the_database()
            connections.close_all()
        group = f"writer-{'cascading' if cascades else 'deferred'}"
        for _ in range(writers):
            self.processes.add(group, writer, ROLE)
        goals = self.goals.scaled(fraction)
        while self._continues(goals):
            time.sleep(POLL_SECONDS)
            self.processes.require_running()
            if time.monotonic() > self.kill_at:
                before = time.monotonic()
                self.fault_injector.kill_next(group)
                took = time.monotonic() - before
                self.kill_at = time.monotonic() + (kill_every + took) * self._leisure
        self.processes.stop(group)

    @property
    def _leisure(self) -> int:
        """How much more seldom to kill: often enough killed, a busy machine needs time for the rest."""
        return LEISURE if min(self.fault_injector.killed.values()) >= self.goals.kills else 1

    def _continues(self, goals: Goals) -> bool:
        if self.findings.all():
            return False
        elapsed = time.monotonic() - self.started
        self.missing = goals.missing(self.counters, self.kinds, self.fault_injector.killed)
        return elapsed < goals.seconds or (bool(self.missing) and elapsed < goals.limit)

    def _recount(self) -> None:
        """Compare everything once more, before and after the final fold; first, as far as it is in place, before a repair."""
        for difference in compare_answers(make_source(self.tallies), may_be_live=True):
            self.findings.add(kind="difference", read="recount before the final repair", **asdict(difference))
        Installer(self.tallies, report=str).install()
        for when in ("before the final fold", "after the final fold"):
            statements = compare_in_one_statement(self.tallies) if self.on_postgresql else ()
            for difference in (*compare_totals(self.tallies), *compare_answers(make_source(self.tallies)), *statements):
                self.findings.add(kind="difference", read=f"recount {when}", **asdict(difference))
            while self.variant.fold(self.tallies):
                pass
