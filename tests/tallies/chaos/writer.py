"""The writer, a worker that runs random transactions, at random isolation levels, some of them rolled back."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from django.db import IntegrityError, connection, transaction

from .actions import BOUNDARIES, LEVELS, MULTIPLE, SAVEPOINT, Action, Actions
from .context import Context
from .counters import POLL_SECONDS, Counters, Findings, Outcome
from .disruptive_actions import TRUNCATIONS
from .outcomes import ERRORS, failed_by_tallies, outcome_of

PAUSE_SECONDS = 1.0


class DeliberateRollbackError(Exception):
    """Rolls back a transaction or a savepoint without a database error."""


@dataclass
class Writer:
    """A worker that writes until it is stopped, and records the outcome of each action."""

    counters: Counters
    findings: Findings
    index: int
    rng: Random
    actions: Actions
    id_prefix: str
    cascades: bool
    created: int = 0
    current: str = ""
    completed: list[str] = field(default_factory=list)

    def work(self, until: Callable[[], bool]) -> None:
        """Write repeatedly."""
        while not until():
            self.write()

    def write(self) -> None:
        """Run one transaction and record its outcome."""
        self.completed, self.current = [], BOUNDARIES
        number = 1 if self.rng.random() < 0.6 else self.rng.randint(2, 4)
        chosen = [self.actions.choose(self.rng, self.counters) for _ in range(number)]
        truncations = [action for action in chosen if action in TRUNCATIONS]
        try:
            if truncations and self.rng.random() < 0.8:
                self.pause_other_writers()
                chosen = [*truncations[:1], *(action for action in chosen if action not in TRUNCATIONS)]
            else:
                self.counters.wait_while_paused()
            with transaction.atomic():
                self.run_actions(chosen)
                if self.rng.random() < 0.1:
                    raise DeliberateRollbackError
                self.current = BOUNDARIES
        except DeliberateRollbackError:
            self.record(Outcome.ROLLED_BACK)
        except ERRORS as error:
            self.record_error(error)
        else:
            self.record(Outcome.DONE)
        if truncations:
            self.counters.request_pause(0)

    def pause_other_writers(self) -> None:
        """Pause the other writers and wait until none has an open transaction.

        Otherwise a TRUNCATE, which needs exclusive locks, would seldom get them.
        """
        self.counters.request_pause(PAUSE_SECONDS)
        deadline = time.monotonic() + PAUSE_SECONDS
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE application_name LIKE 'writer-%' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                )
                if not cursor.fetchone()[0]:
                    return
                time.sleep(POLL_SECONDS)

    def run_actions(self, chosen: list[Action]) -> None:
        """Run the actions in a transaction."""
        if connection.vendor == "postgresql":
            level = self.rng.choices(list(LEVELS), list(LEVELS.values()))[0]
            with connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            self.level = level
        with connection.cursor() as cursor:
            context = Context(cursor, self.rng, self.id_prefix, self.cascades, self.created)
            try:
                for action in chosen:
                    self.run_action(context, action)
            finally:
                self.created = context.created
        if len(self.completed) > 1:
            self.completed.append(MULTIPLE)

    def run_action(self, context: Context, action: Action) -> None:
        """Run an action, sometimes in a savepoint, which may be rolled back without the rest of the transaction."""
        self.current = action.__name__
        if self.rng.random() < 0.75:
            self.complete(action(context))
            return
        try:
            with transaction.atomic():
                changed = action(context)
                if self.rng.random() < 0.4:
                    raise DeliberateRollbackError
            self.complete(changed)
        except DeliberateRollbackError:
            if changed:
                self.completed.append(SAVEPOINT)
        except IntegrityError as error:
            self.record_error(error)

    def complete(self, changed: int) -> None:
        """Mark the current action as completed, if it changed any rows."""
        if changed > 0:
            self.completed.append(self.current)

    def record(self, outcome: Outcome) -> None:
        """Record an outcome for all completed actions."""
        for name in self.completed:
            self.counters.add(self.index, name, outcome)
        if connection.vendor == "postgresql":
            self.counters.add(self.index, self.level, outcome)

    def record_error(self, error: BaseException) -> None:
        """Record an error for the current action; one that the chat would not have without tallies is a failed write."""
        outcome = (None if failed_by_tallies(error) else outcome_of(error)) or Outcome.FAILED
        if outcome is Outcome.FAILED:
            self.findings.add(kind="failed write", action=self.current, traceback=traceback.format_exc())
        self.counters.add(self.index, self.current, outcome)
        if outcome is Outcome.CONNECTION_LOST:
            connection.close()
            time.sleep(0.1)
