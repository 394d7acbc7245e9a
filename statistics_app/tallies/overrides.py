"""What the subclass of a `MappedSource` answers in its own way, so that no running count is read for it."""

from collections.abc import Iterable, Mapping

from ..sources.base import ChatSource
from ..sources.mapped import MappedSource
from .plan import Count, KeyedCount, MessageCount

QUESTIONS: Mapping[str, frozenset[Count]] = {
    "users": frozenset({Count.USERS}),
    "user_languages": frozenset({Count.USERS}),
    "rooms": frozenset({Count.ROOMS}),
    "messages": frozenset({Count.MESSAGES}),
    "threads": frozenset({Count.MESSAGES}),
    "discussions": frozenset({Count.ROOMS, Count.MESSAGES}),
    "pinned": frozenset({Count.MESSAGES}),
    "rooms_with_pinned": frozenset({Count.MESSAGES}),
    "uploads": frozenset({Count.UPLOADS}),
    "teams": frozenset({Count.ROOMS, Count.TEAMS}),
    "default_team_rooms": frozenset({Count.ROOMS}),
    "top_rooms": frozenset({Count.MESSAGES}),
    "room_use": frozenset({Count.MESSAGES}),
}
"""The questions that running counts answer, with the counts that each reads; the number of pairs is one of messages."""
# The methods in whose place the history takes what triggers record.
EVENTS = ("events", "event_counts", "active_accounts", "room_messages")


def overridden(source: type[ChatSource], methods: Iterable[str]) -> list[str]:
    """Return those of some methods of a `MappedSource` that a subclass of it overrides."""
    return [name for name in methods if getattr(source, name, None) is not getattr(MappedSource, name)]


def records_events(source: type[ChatSource]) -> bool:
    """Return whether the history takes what triggers record, and not what a source tells of its events in its own way."""
    return issubclass(source, MappedSource) and not overridden(source, EVENTS)


def why_unread(source: type[MappedSource], count: KeyedCount | MessageCount) -> str:
    """Return why nothing reads a count, which then needs no triggers; empty if something does."""
    reading = [name for name, counts in QUESTIONS.items() if count.kind in counts]
    if isinstance(count, MessageCount) and count.rooms is None:
        reading.append("rooms")
    own = overridden(source, reading)
    if len(own) < len(reading) or (count.timed and records_events(source)):
        return ""
    if count.timed:
        own += overridden(source, EVENTS)
    return f"{source.__name__} overrides what would read it: {', '.join(own)}."
