"""The labels that rows are counted under, as expressions: the live counts and the tallies use the same."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Q, Value, When

from .base import Presence, UserType
from .tables import RoomTable, UserTable

NO_LANGUAGE = "none"
IN_DISCUSSION = "+"


class Activity(StrEnum):
    """Whether an account is active."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


def labelled(conditions: Mapping[Any, Q] | None, otherwise: str | None = None) -> Case | Value:
    """Name each row by the first condition that it meets; an empty condition is met by all."""
    whens = []
    for label, condition in (conditions or {}).items():
        if not condition:
            otherwise = str(label)
            break
        whens.append(When(condition, then=Value(str(label))))
    named = Value(otherwise, output_field=CharField())
    return Case(*whens, default=named, output_field=CharField()) if whens else named


def user_labels(table: UserTable) -> tuple[Case | Value, Case | Value, Case | Value]:
    """Say of an account its activity, its presence and its type; NULL for what the chat does not know."""
    return (
        labelled({Activity.ACTIVE: table.active}, Activity.DEACTIVATED),
        labelled(table.presence, Presence.OFFLINE if table.presence else None),
        labelled(table.types, UserType.USER if table.types else None),
    )


def room_class(table: RoomTable) -> Case | Value:
    """Say of a room its kind, with a mark where it is a discussion; NULL when it does not count."""
    conditions: dict[str, Q] = {}
    for kind, condition in table.kinds.items():
        counted = table.where & condition
        if table.discussion is not None:
            conditions[f"{kind}{IN_DISCUSSION}"] = counted & table.discussion
        conditions[kind] = counted
    return labelled(conditions)


def by_language(counted: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """Add up accounts by language, the most spoken first; those without one under `none`."""
    counts: dict[str, int] = {}
    for spoken, count in counted:
        counts[spoken or NO_LANGUAGE] = counts.get(spoken or NO_LANGUAGE, 0) + count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
