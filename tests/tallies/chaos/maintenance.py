"""Maintenance of the tallies during a run: folding, auditing and recounting."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from statistics_app.db.locks import exclusive_lock
from statistics_app.history.audit import audit_events
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import TallyDefinition
from statistics_app.tallies.folding import LOCK_NAME
from statistics_app.tallies.installed import installed_tallies, tally_defects
from statistics_app.tallies.installer import record
from statistics_app.tallies.transactions import counting_transaction

from .counters import Counters, Findings, Outcome
from .outcomes import attempt, outcome_of_read

FOLDS = "folds"
ROWS = "rows folded"
AUDITS = "audits"
REBUILDS = "rebuilds"
HISTORIES = "histories compared"
MAINTENANCE = (FOLDS, ROWS, AUDITS, REBUILDS, HISTORIES)

Fold = Callable[[TallySet], int]


def authors() -> set[tuple[str, int]]:
    """Return who wrote in which quarter of an hour, of the time that the history covers, by the messages that count.

    On SQLite, messages have no authors.
    """
    return _pairs(
        "SELECT DISTINCT m.author_id, floor(extract(epoch FROM m.sent_at) / 900)::bigint FROM chat_message m "
        "JOIN chat_room r ON r.id = m.room_id WHERE r.type IN ('c', 'p', 'd', 'l') AND m.author_id IS NOT NULL "
        "AND m.sent_at >= (SELECT since FROM statistics_app_eventcoverage)"
    )


def authors_in_history() -> set[tuple[str, int]]:
    """Return who wrote in which quarter of an hour, by the history."""
    return _pairs(
        "SELECT p.account, d.day * 96 + n FROM statistics_app_writtenday d "
        "JOIN statistics_app_person p ON p.id = d.person CROSS JOIN generate_series(0, 95) n "
        "WHERE CASE WHEN n < 48 THEN d.am >> n ELSE d.pm >> (n - 48) END & 1 = 1"
    )


def _pairs(statement: str) -> set[tuple[str, int]]:
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return set(cursor.fetchall())


@dataclass
class Maintainer:
    """A worker that maintains the tallies until it is stopped."""

    counters: Counters
    index: int
    rng: Random
    tallies: TallySet
    findings: Findings
    fold: Fold

    def compact(self, until: Callable[[], bool]) -> None:
        """Fold repeatedly."""
        while not until():
            attempt(self.counters, self.index, FOLDS, self._fold, outcome_of_read)
            time.sleep(self.rng.uniform(0, 0.2))

    def rebuild(self, until: Callable[[], bool]) -> None:
        """Repeatedly audit a random definition in a counting transaction, and recount it in half of the cases."""
        while not until():
            definition = self.rng.choice([*self.tallies.definitions, self.tallies.definitions[-1]])
            recount = self.rng.random() < 0.5
            name = REBUILDS if recount else AUDITS
            attempt(self.counters, self.index, name, partial(self._audit, definition, recount), outcome_of_read)
            time.sleep(self.rng.uniform(0.1, 0.5))

    def keep_history(self, until: Callable[[], bool]) -> None:
        """Repeatedly roll up the events, and compare them with the rows."""
        while not until():
            attempt(self.counters, self.index, HISTORIES, self._compare_history, outcome_of_read)
            time.sleep(self.rng.uniform(0.1, 0.5))

    def _compare_history(self) -> bool:
        """Compare, unless a trigger was broken or repaired meanwhile: then the history is only reconciled with the rows."""
        before, now, written = self._state(), timezone.now(), authors()
        differences = list(audit_events(chat_source(now), now))
        if before is None or before != self._state():
            return False
        # Those whose messages are still there, in rooms that count; what happened stays, whatever became of the others.
        for account, quarter in (written & authors()) - authors_in_history():
            question = f"{account} wrote in {quarter}"
            self.findings.add(kind="difference", read="activity", question=question, expected=True, found=False)
        for found in differences:
            question = f"{found.kind} {found.quarter}"
            self.findings.add(kind="difference", read="history", question=question, expected=found.expected, found=found.found)
        return True

    def _state(self) -> dict[str, Any] | None:
        """Return when each count was installed, or None if one is not in use."""
        if any(tally_defects(self.tallies).values()):
            return None
        return {name: installed.counted_at for name, installed in installed_tallies(connection).items()}

    def _fold(self) -> bool:
        folded = self.fold(self.tallies)
        self.counters.add(self.index, ROWS, Outcome.DONE, folded)
        return folded > 0

    def _audit(self, definition: TallyDefinition, recount: bool) -> bool:
        with exclusive_lock(LOCK_NAME), counting_transaction("default", definition) as cursor:
            if tally_defects(self.tallies)[definition.name]:
                return False
            cursor.execute(definition.compare)
            for key, expected, found in cursor.fetchall():
                self.findings.add(kind="difference", read="audit", question=key, expected=expected, found=found)
            if recount:
                for statement in definition.populate:
                    cursor.execute(statement)
                record(definition, cursor)
        return True
