"""The expected statistics of an export of Zulip, computed with the standard library only: `python zulip.py PATH`.

It is independent of the project. PATH is the folder or the tar archive. The result has the wire keys of the statistics.
"""

import json
import sys
import tarfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

PERSON, CHANNEL, GROUP = 1, 2, 3


def read(path):
    """Return the rows of each table; those of the files with messages follow each other."""
    if path.is_dir():
        documents = [json.loads(file.read_bytes()) for file in path.glob("*.json")]
    else:
        with tarfile.open(path) as archive:
            members = [member for member in archive if member.name.endswith(".json")]
            documents = [json.load(archive.extractfile(member)) for member in members]
    tables = {}
    for document in documents:
        for name, rows in document.items():
            tables.setdefault(name, []).extend(rows if isinstance(rows, list) else [])
    return tables


def wire_time(moment):
    """Return a time, given in seconds or in ISO 8601, with milliseconds; these are cut off and not rounded."""
    if moment is None:
        return None
    at = datetime.fromisoformat(moment).astimezone(UTC) if isinstance(moment, str) else datetime.fromtimestamp(moment, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def count_users(users):
    active = sum(user["is_active"] for user in users)
    return {
        "totalUsers": len(users),
        "activeUsers": active,
        "nonActiveUsers": len(users) - active,
        "onlineUsers": 0,
        "awayUsers": 0,
        "busyUsers": 0,
        "offlineUsers": len(users),
        "totalConnectedUsers": 0,
        "appUsers": 0,
        "botUsers": sum(user["is_bot"] for user in users),
        "activeGuests": sum(user["role"] == 600 and user["is_active"] and not user["is_bot"] for user in users),
        "userLanguages": dict(Counter(user.get("default_language") or "none" for user in users)),
    }


def room_of(message, recipients):
    """Return what messages to the same room have in common, and the kind of the room."""
    type_, of = recipients[message["recipient"]]
    return (frozenset((message["sender"], of)), PERSON) if type_ == PERSON else (of, type_)


def count(path):
    tables = read(path)
    users = tables["zerver_userprofile"] + tables.get("zerver_userprofile_mirrordummy", [])
    recipients = {user["recipient"]: (PERSON, user["id"]) for user in users if user.get("recipient")}
    recipients |= {row["id"]: (row["type"], row["type_id"]) for row in tables["zerver_recipient"]}
    messages = tables.get("zerver_message", [])
    sent_to = Counter(room_of(message, recipients) for message in messages)
    private = {channel["id"] for channel in tables["zerver_stream"] if channel["invite_only"]}
    channels = len(tables["zerver_stream"])
    direct = sum(kind == GROUP for kind, _ in recipients.values()) + sum(kind == PERSON for _, kind in sent_to)
    in_private = sum(number for (of, kind), number in sent_to.items() if kind == CHANNEL and of in private)
    in_channels = sum(number for (_, kind), number in sent_to.items() if kind == CHANNEL) - in_private
    attachments = tables.get("zerver_attachment", [])
    return {
        **count_users(users),
        "totalRooms": channels + direct,
        "totalChannels": channels - len(private),
        "totalPrivateGroups": len(private),
        "totalDirect": direct,
        "totlalLivechat": 0,
        "totalLivechat": 0,
        "totalMessages": len(messages),
        "totalChannelMessages": in_channels,
        "totalPrivateGroupMessages": in_private,
        "totalDirectMessages": len(messages) - in_channels - in_private,
        "totalLivechatMessages": 0,
        "totalThreads": 0,
        "totalDiscussions": 0,
        "totalDiscussionsMessages": 0,
        "totalRoomsWithPinned": 0,
        "totalPinned": 0,
        "uploadsTotal": len(attachments),
        "uploadsTotalSize": sum(row["size"] for row in attachments),
        "teams": {"totalTeams": 0, "totalRoomsInsideTeams": 0, "totalDefaultRoomsInsideTeams": 0},
        "roomsInsideTeams": 0,
        "lastLogin": max((wire_time(user["last_login"]) for user in users if user.get("last_login")), default=None),
        "lastMessageSentAt": max((wire_time(m.get("date_sent") or m["pub_date"]) for m in messages), default=None),
        "lastSeenSubscription": None,
    }


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1])), indent=2))
