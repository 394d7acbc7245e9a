"""Translate a statistics document of Rocket.Chat, of any of its versions, or of this app into a document of ours.

Only the keys of our catalogue are taken, so nothing else that a server keeps (its wizard's answers, settings, license, the id
that identifies it) is stored. What a server did not count is null, with the reason.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..serialization import digest_of_server, wire_time
from . import objects
from .meanings import meanings
from .reported_people import ReportedPeople, reported_people
from .values import InvalidValue, count, moment, text

IDENTITY_NOT_KEPT = "The id of the server that counted this is not kept."
NOT_LISTED = "The server did not count the rooms of all of its teams."
# Rocket.Chat was first released in this year.
FIRST_YEAR = 2015
# Random ids of Meteor have 17 letters and digits, object ids of MongoDB 24.
_IDENTITY = re.compile(r"[A-Za-z0-9]{1,24}")
# A document has one of these at least, or it is of another collection.
_TOTALS = ("totalUsers", "totalRooms", "totalMessages")

# Returns a value from the whole document. Errors: _NoValue.
Read = Callable[[Mapping[str, Any]], Any]


class _NoValue(Exception):
    """There is no value; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A statistics document in our shape.

    `document` has all keys of our catalogue, in its order. `problems` has the reason for each null, by key. `notes` tells what
    some numbers count in the server's `version`, by key. `people` are numbers of people that the server counted itself.
    `server` tells it from others; it is empty if the document does not have the server's id.
    """

    identity: str
    created_at: datetime
    version: str
    document: dict[str, Any]
    problems: dict[str, str]
    notes: dict[str, str] = field(default_factory=dict)
    people: tuple[ReportedPeople, ...] = ()
    server: str = ""


def translate(document: Mapping[str, Any]) -> Translation:
    """Translate one document, parsed from JSON, Extended JSON or BSON; values in an unknown form become null.

    Errors: ValueError, with a sentence, for what is not a statistics document.
    """
    if not isinstance(document, Mapping):
        raise ValueError("This is not a statistics document: it is not an object.")  # noqa: TRY004 - as for all else
    identity, created_at = _identity(document.get("_id")), _created_at(document.get("createdAt"))
    if not any(_is_count(document.get(key)) for key in _TOTALS):
        raise ValueError(f"This is not a statistics document: it has no number in {', '.join(_TOTALS)}.")
    values: dict[str, Any] = {"_id": identity}
    problems: dict[str, str] = {}
    for key, read in _READERS.items():
        values[key], problem = _value(read, document)
        if problem:
            problems[key] = problem
    values["createdAt"] = values["_updatedAt"] = wire_time(created_at)
    version = values["version"] or ""
    people = reported_people(document, created_at)
    return Translation(identity, created_at, version, values, problems, meanings(document, version), people, _server(document))


def _value(read: Read, document: Mapping[str, Any]) -> tuple[Any, str]:
    """Return a value and the reason why it, or a part of it, is null."""
    try:
        value = read(document)
    except _NoValue as problem:
        return None, str(problem)
    return value, NOT_LISTED if isinstance(value, dict) and None in value.values() else ""


def _identity(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("$oid")
    # What BSON's object ids are decoded to; the app does not depend on the library.
    identity = str(value) if type(value).__name__ == "ObjectId" else value
    if not isinstance(identity, str) or not _IDENTITY.fullmatch(identity):
        raise ValueError("This is not a statistics document: its '_id' is not an id of up to 24 letters and digits.")
    return identity


def _created_at(value: Any) -> datetime:
    try:
        created_at = moment(value)
    except InvalidValue as error:
        raise ValueError(f"This is not a statistics document: its 'createdAt' {error}.") from error
    if created_at.year < FIRST_YEAR:
        raise ValueError(f"The document's 'createdAt' is in {created_at.year}: there was no Rocket.Chat before {FIRST_YEAR}.")
    return created_at


def _server(document: Mapping[str, Any]) -> str:
    unique_id = document.get("uniqueId")
    return digest_of_server(unique_id) if isinstance(unique_id, str) and unique_id else ""


def _is_count(value: Any) -> bool:
    try:
        return count(value) >= 0
    except InvalidValue:
        return False


def _of(parse: Callable[[Any], Any], *keys: str) -> Read:
    """Return a reader of the first of some keys that the document has."""

    def read(document: Mapping[str, Any]) -> Any:
        key = next((key for key in keys if key in document), "")
        if not key:
            raise _NoValue(f"The server{_version(document)} did not count this.")
        if document[key] is None:
            raise _NoValue(f"The server{_version(document)} had no value for this.")
        try:
            return parse(document[key])
        except InvalidValue as error:
            raise _NoValue(f"The server's '{key}' {error}.") from error

    return read


def _version(document: Mapping[str, Any]) -> str:
    version = document.get("version")
    return f" (version {version})" if isinstance(version, str) and re.fullmatch(r"[0-9A-Za-z.+-]{1,40}", version) else ""


def _not_kept(document: Mapping[str, Any]) -> None:
    raise _NoValue(IDENTITY_NOT_KEPT)


def _time(value: Any) -> str | None:
    return wire_time(moment(value))


_rooms_inside_teams = _of(count, "roomsInsideTeams")


def _teams(document: Mapping[str, Any]) -> dict[str, int | None]:
    rooms, _ = _value(_rooms_inside_teams, document)
    teams: dict[str, int | None] = _of(lambda value: objects.teams(value, rooms), "teams")(document)
    return teams


def _rooms_of_teams(document: Mapping[str, Any]) -> int:
    teams, _ = _value(_teams, document)
    known = teams["totalRoomsInsideTeams"] if teams else None
    return int(_rooms_inside_teams(document) if known is None else known)


def _counts(*keys: str) -> dict[str, Read]:
    return {key: _of(count, key) for key in keys}


# How each value is read, in the order of the catalogue; `_id`, `createdAt` and `_updatedAt` are those of the document itself.
_READERS: dict[str, Read] = {
    "uniqueId": _not_kept,
    "installedAt": _of(_time, "installedAt"),
    "version": _of(text, "version"),
    **_counts("totalUsers", "activeUsers", "nonActiveUsers", "onlineUsers", "awayUsers", "busyUsers", "offlineUsers"),
    **_counts("totalConnectedUsers", "appUsers", "botUsers", "activeGuests"),
    "userLanguages": _of(objects.languages, "userLanguages"),
    **_counts("totalRooms", "totalChannels", "totalPrivateGroups", "totalDirect"),
    # Spelled like the first by versions 0.x.
    "totlalLivechat": _of(count, "totalLivechat", "totlalLivechat"),
    "totalLivechat": _of(count, "totalLivechat", "totlalLivechat"),
    **_counts("totalMessages", "totalChannelMessages", "totalPrivateGroupMessages", "totalDirectMessages"),
    **_counts("totalLivechatMessages", "totalThreads", "totalDiscussions", "totalDiscussionsMessages"),
    **_counts("totalRoomsWithPinned", "totalPinned", "uploadsTotal", "uploadsTotalSize"),
    "teams": _teams,
    "roomsInsideTeams": _rooms_of_teams,
    **{key: _of(_time, key) for key in ("lastLogin", "lastMessageSentAt", "lastSeenSubscription")},
    "os": _of(objects.operating_system, "os"),
    "process": _of(objects.process, "process"),
    "deploy": _of(objects.deployment, "deploy"),
    "migration": _of(objects.migration, "migration"),
    **_counts("instanceCount"),
}
