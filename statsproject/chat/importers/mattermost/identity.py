"""Ids for what a bulk export identifies only by names and times. They are the same in each export of a server."""

from array import array
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from ..anonymous_rows import make_stable_id
from ..document import InvalidValue
from ..plain_values import objects_in, strings_in
from .milliseconds import require_time


def identify_user(account: dict[str, Any], field: str = "username") -> str:
    """Return the id of an account, or of the one that a field names."""
    return make_stable_id("user", require_name(account, field))


def identify_team(value: dict[str, Any], field: str) -> str:
    """Return the id of the team that a field names."""
    return make_stable_id("team", require_name(value, field))


def identify_room(channel: dict[str, Any], *, is_direct: bool) -> str:
    """Return the id of the room of a channel, or of the one that a post is in. A direct channel is known by those in it."""
    if not is_direct:
        field = "channel" if "channel" in channel else "name"
        return make_stable_id("channel", require_name(channel, "team"), require_name(channel, field))
    participants = {require_name(member, "username") for member in find_participants(channel)}
    if not participants:
        raise InvalidValue("missing 'members'")
    return make_stable_id("direct", *sorted(participants))


def identify_post(place: str, post: dict[str, Any], repeated: frozenset[int], seen: Counter[str]) -> str:
    """Return the id of a post in a room, or of a reply to a post: by whom and when it was sent. Its text can be edited.

    Some programs send several posts in one millisecond: of those in `repeated`, `seen` counts how many there were.
    """
    require_time(post, "create_at")
    id_ = make_stable_id("post", place, require_name(post, "user"), post["create_at"], post.get("type") or "")
    if number_of(id_) not in repeated:
        return id_
    seen[id_] += 1
    return id_ if seen[id_] == 1 else make_stable_id(id_, seen[id_])


def number_of(id_: str) -> int:
    """Return 64 bits of an id that was made here."""
    return int(id_[:16], 16)


def find_repeated(numbers: Iterable[int]) -> frozenset[int]:
    """Return those of many 64-bit numbers that occur more than once, in little more than 8 bytes of memory for each."""
    parts = [array("Q") for _ in range(256)]
    for number in numbers:
        parts[number >> 56].append(number)
    return frozenset(one for part in parts for one, following in pairwise(sorted(part)) if one == following)


def find_participants(channel: dict[str, Any]) -> list[dict[str, Any]]:
    """Return those in a direct channel, or in the one that a post is in. Who writes to themselves is listed once."""
    if participants := objects_in(channel.get("participants")):
        return participants
    names = strings_in(channel.get("channel_members")) or strings_in(channel.get("members"))
    return [{"username": name} for name in dict.fromkeys(names)]


def require_name(value: dict[str, Any], field: str) -> str:
    """Return a name that has to be there. Errors: InvalidValue."""
    name = value.get(field)
    if not isinstance(name, str) or not name:
        raise InvalidValue(f"missing '{field}'")
    return name
