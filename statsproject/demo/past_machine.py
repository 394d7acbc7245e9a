"""The answers to the questions to the machine as of past times: of this machine, with a simulated load."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from statistics_app.conf import setting
from statistics_app.probes.deployment import read_deploy
from statistics_app.probes.host import read_os
from statistics_app.probes.migrations import read_migration
from statistics_app.probes.process import read_process
from statistics_app.serialization import wire_time
from statistics_app.snapshots.questions import Answer
from statsproject.chat.statistics_source import WorkspaceSource

from .rhythm import busyness_at
from .story import Story

# Of the memory that is free now, the part that people use at most, and the part that is free in trouble.
USED_BY_PEOPLE, FREE_IN_TROUBLE = 0.25, 0.06
IDLE_LOAD, LOAD_BY_PEOPLE, LOAD_IN_TROUBLE = 0.12, 0.9, 7.5
# In trouble, so many of the probes do not answer in time.
FAILING = 0.4
# The release applied so many migrations.
NEW_MIGRATIONS = 2
FIRST_PID = 1000


class PastMachine:
    """The machine, whose server was started at the beginning of the past, for the release and at the end of the gap."""

    def __init__(self, since: datetime, story: Story, rng: Random) -> None:
        self._rng = rng
        self._story = story
        self._since = since
        self._os, self._process = read_os(), read_process()
        self._deploy = read_deploy()
        self._migration = read_migration(WorkspaceSource.app_labels())

    def answers_at(self, moment: datetime) -> Mapping[str, Answer]:
        """Return the answers by question at a time."""
        values = {
            "os": self._os_at(moment),
            "process": self._process_at(moment),
            "deploy": self._deploy,
            "migration": self._migration_at(moment),
            "instanceCount": 1,
        }
        answers = {name: Answer(value) for name, value in values.items()}
        if moment in self._story.trouble:
            for name in ("os", "instanceCount"):
                if self._rng.random() < FAILING:
                    answers[name] = Answer(problem=f"No answer within {setting('PROBE_SECONDS'):g} s.")
        return answers

    def _os_at(self, moment: datetime) -> dict[str, Any]:
        busy, noise = busyness_at(moment), self._rng.uniform(0.85, 1.15)
        load, free = (IDLE_LOAD + LOAD_BY_PEOPLE * busy) * noise, 1 - USED_BY_PEOPLE * busy * noise
        if moment in self._story.trouble:
            load, free = LOAD_IN_TROUBLE * noise, FREE_IN_TROUBLE * noise
        booted = self._story.gap.until if moment >= self._story.gap.until else self._since - timedelta(days=40)
        loads = [round(load * self._rng.uniform(1 - spread, 1 + spread), 2) for spread in (0.2, 0.1, 0.04)]
        uptime = round((moment - booted).total_seconds())
        return {**self._os, "uptime": uptime, "loadavg": loads, "freemem": int(free * self._os["freemem"])}

    def _process_at(self, moment: datetime) -> dict[str, Any]:
        starts = (self._since - timedelta(days=3), self._story.release, self._story.gap.until)
        runs = [start for start in starts if start <= moment]
        uptime = round((moment - max(runs)).total_seconds(), 3)
        return {**self._process, "pid": FIRST_PID + len(runs), "uptime": uptime}

    def _migration_at(self, moment: datetime) -> dict[str, Any]:
        if moment >= self._story.release:
            applied, version = self._story.release, self._migration["version"]
        else:
            applied, version = self._since - timedelta(days=3), self._migration["version"] - NEW_MIGRATIONS
        return {**self._migration, "version": version, "lockedAt": wire_time(applied), "buildAt": wire_time(applied)}
