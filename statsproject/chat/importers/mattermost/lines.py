"""The lines of a bulk export: each is an object with a type, and under the type's name what it describes."""

import re
from collections.abc import Collection, Iterator
from io import BufferedReader
from typing import Any

from ..document import InvalidValue
from ..file_stream import Found
from ..files import StoredFile
from ..json_documents import split_lines
from ..json_elements import name_elements, parse_object
from ..plain_values import objects_in
from ..repeated_ids import number_of
from .identity import PostId, PostIds, find_participants, identify_room

# How Mattermost writes the type. Lines of other types need not be parsed then.
DECLARED_TYPE = re.compile(rb'\s*\{\s*"type"\s*:\s*"(\w+)"')
# Stands for lines that have no type, or are damaged before it. They are counted with the posts, as most lines are.
UNKNOWN_TYPE = ""
NOTHING_REPEATED: frozenset[int] = frozenset()


def read_teams(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    """Yield the teams."""
    return (found for _, found in _read_lines(stream, {"team"}))


def read_users(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    """Yield the accounts of people and bots."""
    for type_, (place, account, error) in _read_lines(stream, {"user", "bot"}):
        yield Found(place, None if account is None else {"account": account, "is_bot": type_ == "bot"}, error)


def read_rooms(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    """Yield the channels of teams and the direct ones."""
    for type_, (place, channel, error) in _read_lines(stream, {"channel", "direct_channel"}):
        yield Found(place, None if channel is None else {"channel": channel, "is_direct": type_ != "channel"}, error)


def read_members(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    """Yield the memberships, which are part of the users and of the direct channels."""
    for type_, (place, value, _) in _read_lines(stream, {"user", "direct_channel"}):
        if value is not None:
            members = _memberships(value) if type_ == "user" else _members(value)
            yield from (Found(f"{place}, member", member) for member in members)


def read_posts(file: StoredFile, stream: BufferedReader, repeated: frozenset[int] = NOTHING_REPEATED) -> Iterator[Found]:
    """Yield the posts and their replies, with their ids, rooms and, of a reply, the id of the post.

    Of those whose identities are `repeated`, the second and following ones get ids of their own.
    """
    ids = PostIds(repeated)
    for type_, (place, post, error) in _read_lines(stream, {"post", "direct_post", UNKNOWN_TYPE}):
        room = ""
        root: PostId | None = None
        for where, sent, wrong in [Found(place, post, error), *_replies(place, post)]:
            try:
                if sent is None or (root is None and sent is not post):
                    raise InvalidValue(wrong or "a reply to a post that cannot be loaded")
                room = room or identify_room(sent, is_direct=type_ == "direct_post")
                id_ = ids.identify(room, sent, root)
            except InvalidValue as invalid:
                yield Found(where, None, str(invalid))
            else:
                yield Found(where, {"id": id_.own, "room": room, "root": root and root.own, "post": sent})
                root = root or id_


def identities(posts: Iterator[Found]) -> Iterator[int]:
    """Yield what the repeated ones among posts are found by."""
    return (number_of(post.value["id"]) for post in posts if post.value)


def _read_lines(stream: BufferedReader, types: Collection[str]) -> Iterator[tuple[str, Found]]:
    """Yield the objects in the lines of some types, with the type."""
    for number, (text, error) in enumerate(split_lines(stream), 1):
        declared = DECLARED_TYPE.match(text)
        type_ = declared[1].decode() if declared else None
        if type_ is None or type_ in types:
            place = f"line {number}"
            found = Found(place, None, error) if error else parse_object(place, text)
            type_ = _type_of(found.value) if type_ is None else type_
            if type_ in types:
                yield type_, _object_in(found, type_)


def _type_of(line: dict[str, Any] | None) -> str:
    type_ = line.get("type") if line else None
    return type_ if isinstance(type_, str) else UNKNOWN_TYPE


def _object_in(line: Found, type_: str) -> Found:
    inner = line.value.get(type_) if line.value is not None else None
    if isinstance(inner, dict):
        return Found(line.place, inner)
    return Found(line.place, None, line.error or f"missing '{type_ or 'type'}'")


def _replies(place: str, post: dict[str, Any] | None) -> Iterator[Found]:
    replies = post.get("replies") if post else None
    return iter(()) if replies is None else name_elements(f"{place}, reply", replies)


def _memberships(user: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for team in objects_in(user.get("teams")):
        for channel in objects_in(team.get("channels")):
            in_team = {"team": team.get("name"), "name": channel.get("name")}
            seen = channel.get("last_viewed_at")
            yield {"channel": in_team, "is_direct": False, "username": user.get("username"), "last_viewed_at": seen}


def _members(channel: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for member in find_participants(channel):
        yield {**member, "channel": channel, "is_direct": True}
