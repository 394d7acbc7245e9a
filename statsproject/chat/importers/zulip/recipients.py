"""To whom the messages of a Zulip export are sent: a channel, a group of people, or a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

from ..plain_values import find_id

# People of the organization, and those whose accounts are kept only for their messages.
PROFILES = ("zerver_userprofile", "zerver_userprofile_mirrordummy")
# System bots, which are no accounts of the organization, but are written to.
SYSTEM_BOTS = "zerver_userprofile_crossrealm"
RECIPIENTS = "zerver_recipient"
TABLES = (*PROFILES, SYSTEM_BOTS, RECIPIENTS)

Table = dict[str, Any]


class RecipientType(IntEnum):
    """The kinds of recipients, by Zulip's numbers."""

    PERSON = 1
    CHANNEL = 2
    GROUP = 3


@dataclass(frozen=True, slots=True)
class Recipients:
    """The rooms of channels and groups and the accounts of people, by the ids of the recipients."""

    rooms: Mapping[str, str]
    people: Mapping[str, str]

    @classmethod
    def read(cls, rows: Iterable[tuple[str, Table]]) -> Self:
        """Read them from the rows of TABLES in realm.json, each with the name of its table."""
        rooms: dict[str, str] = {}
        people: dict[str, str] = {}
        # To people whose accounts are not exported there are messages, but no rows among the recipients.
        of_profiles: dict[str, str] = {}
        for table, row in rows:
            is_recipient = table == RECIPIENTS
            of = find_id(row.get("type_id" if is_recipient else "id"))
            # Of a system bot it has another name.
            id_ = find_id(row.get("id" if is_recipient else "recipient")) or find_id(row.get("recipient_id"))
            if not id_ or not of:
                continue
            if not is_recipient:
                of_profiles[id_] = of
            elif row.get("type") == RecipientType.PERSON:
                people[id_] = of
            elif row.get("type") in (RecipientType.CHANNEL, RecipientType.GROUP):
                rooms[id_] = channel_id(of) if row["type"] == RecipientType.CHANNEL else group_id(of)
        return cls(rooms, of_profiles | people)

    def room_of(self, message: Table) -> str | None:
        """Return the room of a message, None if it has no recipient. Two people share one, whoever of them writes."""
        recipient = find_id(message.get("recipient"))
        if recipient is None or recipient in self.rooms:
            return self.rooms[recipient] if recipient else None
        sender, person = find_id(message.get("sender")), self.people.get(recipient)
        return pair_id(sender, person) if sender and person else unknown_id(recipient)


def channel_id(channel: str) -> str:
    """Return the id of the room of a channel, which Zulip called stream."""
    return f"stream-{channel}"


def group_id(group: str) -> str:
    """Return the id of the room of a group of people."""
    return f"group-{group}"


def unknown_id(recipient: str) -> str:
    """Return the id of the room of a recipient that the export does not describe."""
    return f"recipient-{recipient}"


def pair_id(one: str, other: str) -> str:
    """Return the id of the room of two people, or of one who writes to themselves."""
    return "people-" + "-".join(sorted((one, other), key=lambda id_: (len(id_), id_)))


def is_pair(room: str) -> bool:
    """Return whether a room is that of two people."""
    return room.startswith("people-")
