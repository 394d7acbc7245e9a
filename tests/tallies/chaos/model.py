"""A model of the chat in memory, which computes every answer from all rows."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from statistics_app.sources.base import Presence, RoomKind, Tally, UserGroup, UserType

KINDS = {kind.value: kind for kind in RoomKind}


@dataclass
class Model:
    """The rows of the chat, as dictionaries by id."""

    users: dict[str, tuple[bool, str, str, str]] = field(default_factory=dict)
    rooms: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    messages: dict[str, tuple[str, str | None, bool]] = field(default_factory=dict)
    uploads: dict[str, int] = field(default_factory=dict)
    teams: set[str] = field(default_factory=set)

    def answers(self) -> dict[str, Any]:
        """Compute the answers to all questions."""
        rooms = [(KINDS[type_], parent, team) for type_, parent, team in self.rooms.values() if type_ in KINDS]
        counted = [
            (KINDS[self.rooms[room][0]], self.rooms[room][1], root, pinned, room)
            for room, root, pinned in self.messages.values()
            if self.rooms[room][0] in KINDS
        ]
        groups = Counter((active, Presence(presence), UserType(type_)) for active, presence, type_, _ in self.users.values())
        return {
            "users": sorted((UserGroup(*group, number) for group, number in groups.items()), key=repr),
            "user_languages": Counter(language or "none" for *_, language in self.users.values()),
            "rooms": {kind: sum(kind is one for one, *_ in rooms) for kind in RoomKind},
            "messages": {kind: sum(kind is one for one, *_ in counted) for kind in RoomKind},
            "threads": len({root for _, _, root, *_ in counted if root}),
            "discussions": Tally(sum(bool(parent) for _, parent, _ in rooms), sum(bool(parent) for _, parent, *_ in counted)),
            "pinned": sum(pinned for *_, pinned, _ in counted),
            "rooms_with_pinned": len({room for *_, pinned, room in counted if pinned}),
            "uploads": Tally(len(self.uploads), sum(self.uploads.values())),
            "teams": Tally(len(self.teams), sum(bool(team) for *_, team in rooms)),
        }
