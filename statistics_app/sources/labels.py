"""Query expressions for the labels that rows are counted by; live counts and tallies use the same ones."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Q, Value, When

from .base import Presence, UserType
from .declared_presence import moving
from .tables import RoomTable, UserTable, is_always_met

NO_LANGUAGE = "none"
IN_DISCUSSION = "+"


class Activity(StrEnum):
    """Whether an account is active."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


def labelled(conditions: Mapping[Any, Q] | None, otherwise: str | None = None) -> Case | Value:
    """Return an expression for the label of the first condition that a row meets; an empty condition is met by every row."""
    whens = []
    for label, condition in (conditions or {}).items():
        if is_always_met(condition):
            otherwise = str(label)
            break
        whens.append(When(condition, then=Value(str(label))))
    default = Value(otherwise, output_field=CharField())
    return Case(*whens, default=default, output_field=CharField()) if whens else default


def user_labels(table: UserTable) -> tuple[Case | Value, Case | Value, Case | Value]:
    """Return expressions for an account's activity, presence and type; NULL for a property that is not declared.

    Presence that moves is added when it is asked for (`presence.py`).
    """
    presence = None if moving(table.presence) else table.presence
    return (
        labelled({Activity.ACTIVE: table.active}, Activity.DEACTIVATED),
        labelled(presence, Presence.OFFLINE if presence else None),
        labelled(table.types, UserType.USER if table.types else None),
    )


def room_class(table: RoomTable) -> Case | Value:
    """Return an expression for a room's kind, with a mark if it is a discussion; NULL if the room does not count."""
    conditions: dict[str, Q] = {}
    for kind, condition in table.kinds.items():
        of_kind = table.where & condition
        if table.discussion is not None:
            conditions[f"{kind}{IN_DISCUSSION}"] = of_kind & table.discussion
        conditions[kind] = of_kind
    return labelled(conditions)


def by_language(rows: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """Add up counts of accounts by language, most frequent first; accounts without a language are counted as `none`."""
    counts: dict[str, int] = {}
    for language, count in rows:
        counts[language or NO_LANGUAGE] = counts.get(language or NO_LANGUAGE, 0) + count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
