"""Make rows of this chat's tables from what is in a bulk export. Errors: InvalidValue if that cannot be loaded."""

from typing import Any

from ...models import Message, Room, Subscription, Team, Upload, User
from .. import anonymous_rows as rows
from ..anonymous_rows import collection_of, make_stable_id
from ..document import InvalidValue
from ..plain_values import text_of
from ..upsert import Row
from .identity import identify_room, identify_team, identify_user, require_name
from .milliseconds import parse_time, require_time

CHANNEL_TYPES = {"O": Room.Type.CHANNEL, "P": Room.Type.PRIVATE_GROUP}


def team_row(team: dict[str, Any]) -> Row:
    """Make a team."""
    return rows.team(identify_team(team, "name"))


def user_row(document: dict[str, Any]) -> Row:
    """Make an account of a person or a bot. Mattermost does not export when it was created."""
    account = document["account"]
    type_ = User.Type.GUEST if "system_guest" in text_of(account.get("roles")).split() else User.Type.USER
    return rows.account(
        identify_user(account),
        User.Type.BOT if document["is_bot"] else type_,
        is_active=not account.get("delete_at"),
        language=text_of(account.get("locale")),
    )


def room_row(document: dict[str, Any]) -> Row:
    """Make a room of a channel in a team, or of a direct one."""
    channel = document["channel"]
    id_ = identify_room(channel, is_direct=document["is_direct"])
    if document["is_direct"]:
        return rows.room(id_, Room.Type.DIRECT)
    type_ = CHANNEL_TYPES.get(text_of(channel.get("type")))
    if type_ is None:
        raise InvalidValue(f"unknown channel type {channel.get('type')!r}"[:80])
    return rows.room(
        id_, type_, team_id=identify_team(channel, "team"), is_archived=parse_time(channel, "deleted_at") is not None
    )


def member_row(member: dict[str, Any]) -> Row:
    """Make the subscription of a member of a channel."""
    room = identify_room(member["channel"], is_direct=member["is_direct"])
    return rows.subscription(room, identify_user(member), last_seen_at=parse_time(member, "last_viewed_at"))


def message_row(document: dict[str, Any]) -> Row:
    """Make a message of a post, or of a reply to one."""
    post = document["post"]
    return rows.message(
        document["id"],
        document["room"],
        identify_user(post, "user"),
        require_time(post, "create_at"),
        thread_root_id=document["root"],
        is_pinned=post.get("is_pinned") is True,
        edited_at=parse_time(post, "edit_at"),
    )


def file_row(document: dict[str, Any]) -> Row:
    """Make an uploaded file of an attachment, which has no time of its own but the post's."""
    post = document["post"]
    return rows.upload(
        make_stable_id("file", require_name(document, "path")),
        document["room"],
        identify_user(post, "user"),
        document["size"],
        require_time(post, "create_at"),
    )


TEAMS = collection_of(Team, "teams", team_row)
USERS = collection_of(User, "users", user_row)
ROOMS = collection_of(Room, "channels", room_row)
MEMBERS = collection_of(Subscription, "members", member_row)
MESSAGES = collection_of(Message, "posts", message_row)
FILES = collection_of(Upload, "attachments", file_row)
