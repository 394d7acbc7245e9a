"""How the entries of the list of statistics are made that have most in common with others."""

from . import measures
from .measures import Measure, as_is
from .statistic import Aggregate, AnsweredBy, Group, Part, Statistic, Unit

OF_USERS, OF_ROOMS = ("user_table",), ("room_table",)
OF_MESSAGES = ("message_table", *OF_ROOMS)
PRESENCE, TYPES, DISCUSSION = "user_table.presence", "user_table.types", "room_table.discussion"


def snapshot(key: str, question: str, label: str, definition: str, unit: Unit = Unit.TIME) -> Statistic:
    """Return the entry of a fact about the snapshot itself."""
    return Statistic(key, AnsweredBy.RECORD, question, as_is, label, definition, unit, Group.SNAPSHOT)


def installation(key: str, question: str, label: str, definition: str, unit: Unit) -> Statistic:
    """Return the entry of a fact about this installation."""
    return Statistic(key, AnsweredBy.RECORD, question, as_is, label, definition, unit, Group.INSTALLATION)


def users(key: str, measure: Measure, label: str, definition: str, *needs: str) -> Statistic:
    """Return the entry of a number of accounts."""
    return Statistic(
        key,
        AnsweredBy.CHAT,
        "users",
        measure,
        label,
        definition,
        Unit.USERS,
        Group.USERS,
        charted=True,
        # Presence comes and goes within a step; how many accounts there are does not.
        aggregate=Aggregate.AVERAGE if PRESENCE in needs else Aggregate.LAST,
        needs=(*OF_USERS, *needs),
    )


def rooms(key: str, measure: Measure, label: str, definition: str, alias_of: str = "") -> Statistic:
    """Return the entry of a number of rooms."""
    return Statistic(
        key,
        AnsweredBy.CHAT,
        "rooms",
        measure,
        label,
        definition,
        Unit.ROOMS,
        Group.ROOMS,
        charted=True,
        needs=OF_ROOMS,
        alias_of=alias_of,
    )


def messages(key: str, measure: Measure, label: str, definition: str, *needs: str, question: str = "messages") -> Statistic:
    """Return the entry of a number of messages."""
    return Statistic(
        key,
        AnsweredBy.CHAT,
        question,
        measure,
        label,
        definition,
        Unit.MESSAGES,
        Group.MESSAGES,
        charted=True,
        needs=(*OF_MESSAGES, *needs),
    )


def uploads(key: str, measure: Measure, label: str, definition: str, unit: Unit) -> Statistic:
    """Return the entry of a number of files, or of their bytes."""
    return Statistic(
        key,
        AnsweredBy.CHAT,
        "uploads",
        measure,
        label,
        definition,
        unit,
        Group.FILES,
        charted=True,
        needs=("upload_table",),
    )


def latest(key: str, question: str, label: str, definition: str, *needs: str, empty: str) -> Statistic:
    """Return the entry of the time of a latest activity."""
    return Statistic(
        key,
        AnsweredBy.CHAT,
        question,
        measures.time,
        label,
        definition,
        Unit.TIME,
        Group.ACTIVITY,
        needs=needs,
        empty=empty,
    )


def server(key: str, label: str, definition: str, *parts: Part) -> Statistic:
    """Return the entry of an object that describes the server."""
    return Statistic(key, AnsweredBy.MACHINE, key, as_is, label, definition, Unit.OBJECT, Group.SERVER, parts=parts)
