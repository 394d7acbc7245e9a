"""The contents of a snapshot: the questions asked, and the document made of the answers."""

import logging
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import router

from .. import __version__
from ..catalogue.statistic import AnsweredBy, Statistic
from ..catalogue.statistics import CATALOGUE, questions
from ..conf import setting
from ..exceptions import StatisticsError
from ..foreign.translation import Translation
from ..models import Installation, Snapshot
from ..models.snapshot import Counting
from ..probes.deployment import read_deploy
from ..probes.heartbeat import count_instances
from ..probes.host import read_os
from ..probes.migrations import read_migration
from ..probes.process import read_process
from ..serialization import digest_of_server, to_json, wire_time
from ..sources.reported import ReportedStatistics
from ..tallies.source import TalliedSource
from .questions import Answer, QuestionRunner

logger = logging.getLogger(__name__)

# The part of taking a snapshot that takes the place of the questions if the chat counts for itself.
REMOTE = "remote"
# What is said of the snapshot itself and of this installation, whoever has counted.
_OWN = frozenset({"_id", "uniqueId", "createdAt", "_updatedAt"})
_LONGEST_HOST = 255


@dataclass(frozen=True, slots=True)
class Contents:
    """The values by key, in wire order; the reasons by key for those that are unknown; how long each question took, in seconds.

    How the rows were counted, with the reasons for those that were counted live; the host of the server that is described, and
    what tells the server that counted from others. `reported` is what that server has counted itself, if it has.
    """

    document: dict[str, Any]
    problems: dict[str, str]
    seconds: dict[str, float]
    counting: Counting
    counted_live: dict[str, str]
    host: str
    server: str
    reported: Translation | None = None


def contents_of(snapshot: Snapshot, source: TalliedSource) -> Contents:
    """Return what a snapshot consists of: the answers to all questions, or what the chat has counted itself.

    Errors: RemoteError if a remote server does not answer. It is asked for everything at once, so nothing is known without it,
    as without a database: then there is no snapshot, and the slot stays a gap.
    """
    asked_at = time.monotonic()
    reported = source.reported_statistics()
    if reported is not None:
        return _reported(snapshot, reported, time.monotonic() - asked_at)
    answers = _answers(snapshot, source)
    server = digest_of_server(answers[AnsweredBy.RECORD]["unique_id"].value)
    return Contents(*document_of(answers), _asking(answers), *source.how_counted(), socket.gethostname(), server)


def _reported(snapshot: Snapshot, reported: ReportedStatistics, seconds: float) -> Contents:
    """Return what the chat reported, with the id and the time of the snapshot, and the id of this installation."""
    records, translation = _records(snapshot), reported.translation
    own = {statistic.key: records[statistic.question] for statistic in CATALOGUE if statistic.key in _OWN}
    problems = {key: problem for key, problem in translation.problems.items() if key not in own}
    document = {**translation.document, **own}
    host = reported.host[:_LONGEST_HOST]
    return Contents(document, problems, {REMOTE: seconds}, Counting.REPORTED, {}, host, translation.server, translation)


def _asking(answers: Mapping[AnsweredBy, Mapping[str, Answer]]) -> dict[str, float]:
    """Return how long the questions to the chat and to the machine took, in seconds."""
    asked = (answers[AnsweredBy.CHAT], answers[AnsweredBy.MACHINE])
    return {name: answer.seconds for one in asked for name, answer in one.items()}


def _answers(snapshot: Snapshot, source: TalliedSource) -> dict[AnsweredBy, dict[str, Answer]]:
    """Return all answers: from the app's own records, from the chat in one view of its data, and from the machine."""
    chat = QuestionRunner(source.using, setting("QUESTION_SECONDS"))
    machine = QuestionRunner(router.db_for_read(Snapshot), setting("PROBE_SECONDS"))
    return {
        AnsweredBy.RECORD: {name: Answer(value) for name, value in _records(snapshot).items()},
        AnsweredBy.CHAT: chat.ask({name: getattr(source, name) for name in questions(AnsweredBy.CHAT)}),
        AnsweredBy.MACHINE: machine.ask({name: _probes(source)[name] for name in questions(AnsweredBy.MACHINE)}),
    }


def _probes(source: TalliedSource) -> dict[str, Callable[[], Any]]:
    return {
        "os": read_os,
        "process": read_process,
        "deploy": read_deploy,
        "migration": partial(read_migration, source.app_labels()),
        "instanceCount": count_instances,
    }


def _records(snapshot: Snapshot) -> dict[str, str | None]:
    installation = Installation.objects.the_one()
    return {
        "id": snapshot.id,
        "created_at": wire_time(snapshot.created_at),
        "unique_id": installation.unique_id,
        "installed_at": wire_time(installation.installed_at),
        "version": __version__,
    }


def document_of(answers: Mapping[AnsweredBy, Mapping[str, Answer]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values by key, in wire order, and the reasons by key for those that are unknown."""
    document: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for statistic in CATALOGUE:
        document[statistic.key], problem = _value(statistic, answers[statistic.answered_by])
        if problem:
            problems[statistic.key] = problem
    return document, problems


def _value(statistic: Statistic, answers: Mapping[str, Answer]) -> tuple[Any, str]:
    """Return a value and the reason why there is none, or why one of its parts is null."""
    value, problem = _measure(statistic, answers[statistic.question])
    for part in statistic.parts:
        if part.question and not problem:
            answer = answers[part.question]
            value, problem = {**value, part.path: answer.value}, answer.problem
    return value, problem


def _measure(statistic: Statistic, answer: Answer) -> tuple[Any, str]:
    """Return one value that can be written as JSON and an empty text, or None and the reason why there is no value.

    An answer of the wrong type makes only its own keys unknown.
    """
    if answer.problem:
        return None, answer.problem
    try:
        value = statistic.measure(answer.value)
        to_json(value)
    except StatisticsError as error:
        return None, str(error)
    except Exception as error:  # the answer comes from the host's code: an error must not affect the other values
        logger.exception("The answer to %r cannot be used for %r.", statistic.question, statistic.key)
        return None, f"{type(error).__name__}: see the log for details."
    return value, ""
