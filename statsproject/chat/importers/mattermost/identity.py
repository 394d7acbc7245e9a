"""Ids for what a bulk export identifies only by names and times. They are the same in each export of a server."""

from collections import Counter
from typing import Any, NamedTuple

from ..anonymous_rows import make_stable_id
from ..document import InvalidValue
from ..plain_values import objects_in, strings_in
from ..repeated_ids import number_of
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


class PostId(NamedTuple):
    """The id of a post, and the one that it shares with those that equal it."""

    own: str
    shared: str


class PostIds:
    """The ids of posts and replies, by who sent them when and where; texts can be edited.

    Some programs send several posts in one millisecond. Of those in `repeated`, the second and following ones get ids of their
    own, which depend on their order, and so do replies to them.
    """

    def __init__(self, repeated: frozenset[int] = frozenset()) -> None:
        self._repeated = repeated
        self._seen: Counter[str] = Counter()

    def identify(self, room: str, post: dict[str, Any], root: PostId | None = None) -> PostId:
        """Return the id of a post in a room, or of a reply to a root. Errors: InvalidValue."""
        require_time(post, "create_at")
        sent = (require_name(post, "user"), post["create_at"], post.get("type") or "")
        own = make_stable_id("post", root.own if root else room, *sent)
        # These distinguish equal replies to equal posts, but it takes one pass to know which posts are equal.
        shared = own if root is None or root.own == root.shared else make_stable_id("post", root.shared, *sent)
        if number_of(shared) not in self._repeated:
            return PostId(own, shared)
        self._seen[own] += 1
        return PostId(own if self._seen[own] == 1 else make_stable_id(own, self._seen[own]), shared)


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
