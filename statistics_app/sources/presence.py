"""Presence that triggers cannot count: what depends on the present time, and what only the host's cache knows.

Accounts are counted without it. Those who are there are few, and found by an index or by their keys; the others are offline.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connections
from django.db.models import Count, Q, QuerySet

from ..exceptions import NotAnswered
from .base import Presence, UserGroup, UserType
from .declared_presence import Asked, as_of, moving
from .labels import Activity, labelled, user_labels
from .tables import UserTable, is_always_met

logger = logging.getLogger(__name__)

# SQLite takes as many parameters as this in all of its versions.
MOST_KEYS = 900
_Present = Counter[tuple[bool, UserType | None, Presence]]
_hung: dict[Asked, threading.Thread] = {}


class GroupsWithoutPresence(list[UserGroup]):
    """Groups of accounts whose presence is not known, for a `reason`."""

    def __init__(self, groups: Iterable[UserGroup], reason: str) -> None:
        super().__init__(groups)
        self.reason = reason


def with_presence(groups: list[UserGroup], table: UserTable, using: str, at: datetime) -> list[UserGroup]:
    """Return groups that were counted without a presence that moves, with it; if it is not known, the same with the reason."""
    if not moving(table.presence):
        return groups
    try:
        present = _asked(table, table.presence, using) if isinstance(table.presence, Asked) else _seen(table, using, at)
    except NotAnswered as error:
        return GroupsWithoutPresence(groups, str(error))
    return [*_offline(groups, present), *_there(present)]


def present_rows(table: UserTable, using: str, at: datetime) -> "QuerySet[Any]":
    """Return the accounts that meet a condition of presence, with its label; an index on the times finds them."""
    conditions = as_of(table.presence or {}, at)
    there = [condition for presence, condition in conditions.items() if presence is not Presence.OFFLINE]
    rows = table.rows(using)
    # An empty condition would be left out of the disjunction, although all rows meet it.
    found = rows if any(map(is_always_met, there)) else rows.filter(reduce(or_, there, Q(pk__in=[])))
    return found.annotate(_presence=labelled(conditions, Presence.OFFLINE))


def _seen(table: UserTable, using: str, at: datetime) -> _Present:
    return _counted(present_rows(table, using, at), table, "_presence")


def _asked(table: UserTable, asked: Asked, using: str) -> _Present:
    """Count the accounts by the presence that the host's function gives; of one with several, the first."""
    present: _Present = Counter()
    known: set[Any] = set()
    for presence, keys in _answer(asked).items():
        new = [key for key in dict.fromkeys(keys) if key not in known]
        known.update(new)
        for start in range(0, len(new), MOST_KEYS):
            rows = table.rows(using).filter(**{f"{asked.key}__in": new[start : start + MOST_KEYS]})
            present += _counted(rows, table, presence)
    return present


def _counted(rows: "QuerySet[Any]", table: UserTable, presence: str | Presence) -> _Present:
    """Count accounts by activity, type and presence: that in a column, or of all of them."""
    active, _, type_ = user_labels(table)
    columns = [*(["_presence"] if not isinstance(presence, Presence) else [])]
    grouped = rows.annotate(_active=active, _type=type_).order_by().values_list("_active", "_type", *columns)
    present: _Present = Counter()
    for activity, found, *labels, number in grouped.annotate(_count=Count("pk", distinct=True)):
        label = Presence(labels[0]) if labels else Presence(presence)
        if label is not Presence.OFFLINE:
            present[activity == Activity.ACTIVE, found and UserType(found), label] += number
    return present


def _offline(groups: Iterable[UserGroup], present: _Present) -> Iterator[UserGroup]:
    there: Counter[tuple[bool, UserType | None]] = Counter()
    for (active, type_, _), number in present.items():
        there[active, type_] += number
    for group in groups:
        if rest := max(0, group.count - there[group.active, group.type]):
            yield UserGroup(group.active, Presence.OFFLINE, group.type, rest)


def _there(present: _Present) -> Iterator[UserGroup]:
    return (UserGroup(active, presence, type_, number) for (active, type_, presence), number in present.items())


def _answer(asked: Asked) -> Mapping[Presence, list[Any]]:
    """Call the host's function in a thread, which is abandoned if it hangs. Errors: NotAnswered, which says why."""
    if (thread := _hung.get(asked)) is not None and thread.is_alive():
        raise NotAnswered("Who is there was asked before, and is still not answered.")
    results: SimpleQueue[Mapping[Presence, list[Any]] | BaseException] = SimpleQueue()
    thread = threading.Thread(target=_call, args=(asked, results), name="statistics-presence", daemon=True)
    thread.start()
    try:
        answer = results.get(timeout=asked.seconds)
    except Empty:
        _hung[asked] = thread
        raise NotAnswered(f"Who is there was not answered within {asked.seconds:g} s.") from None
    if isinstance(answer, NotAnswered):
        raise answer
    if isinstance(answer, BaseException):
        logger.error("The function that knows who is there failed.", exc_info=answer)
        raise NotAnswered(f"Who is there is not known: {type(answer).__name__}, see the log for details.")
    if sum(map(len, answer.values())) > asked.most:
        raise NotAnswered(f"More than {asked.most:,} accounts were said to be there.")
    return answer


def _call(asked: Asked, results: "SimpleQueue[Any]") -> None:
    """Call the function, and read no more keys than can be used."""
    try:
        answer = asked.function()
        results.put({Presence(key): list(islice(keys, asked.most + 1)) for key, keys in answer.items()})
    except BaseException as error:  # the host's code, such as `sys.exit`: the waiting thread says so
        results.put(error)
    finally:
        connections.close_all()
