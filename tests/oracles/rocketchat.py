"""The expected statistics of an export, computed from its files with the standard library only: `python rocketchat.py DIR`.

It is independent of the project. The result has the wire keys of the statistics.
"""

import gzip
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNREADABLE = "unreadable"


def read(folder, name):
    """Return the documents of a collection, the last one of each id. Lines that are not JSON objects are skipped."""
    documents = {}
    for ending in (".jsonl.gz", ".jsonl", ".json.gz", ".json"):
        path = folder / (name + ending)
        if path.exists():
            with gzip.open(path, "rb") if ending.endswith(".gz") else path.open("rb") as lines:
                for line in lines:
                    try:
                        document = json.loads(line)
                        documents[document["_id"]] = document
                    except (ValueError, TypeError, KeyError):
                        continue
    return documents.values()


def ident(value):
    """Return an id as a string, None if there is none."""
    value = value.get("$oid") if isinstance(value, dict) else value
    return str(value) if value not in (None, "") else None


def number_of(value):
    """Return a number, 0 if there is none."""
    value = next(iter(value.values()), 0) if isinstance(value, dict) else value
    return int(value or 0)


def time_of(value):
    """Return a time, None if it is missing or no chat can have been used then, or UNREADABLE."""
    value = value.get("$date", UNREADABLE) if isinstance(value, dict) else value
    value = int(value["$numberLong"]) if isinstance(value, dict) else value
    if value is None:
        return None
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
        else:
            at = EPOCH + timedelta(milliseconds=value)
    except OverflowError:
        return None
    except ValueError:
        return UNREADABLE
    return at if 1971 <= at.year < 2200 else None


def latest(times):
    """Return the latest time as it is written on the wire, None if there is none."""
    last = max((time for time in times if isinstance(time, datetime)), default=None)
    return last and f"{last:%Y-%m-%dT%H:%M:%S}.{last.microsecond // 1000:03}Z"


def is_message(document):
    """Return whether a document is a message: neither a former version of an edited one, nor what is left of a removed one."""
    removed = document.get("_hidden") is True or document.get("t") == "rm" or "_deletedAt" in document
    return not removed and document.get("rid") and time_of(document.get("ts")) != UNREADABLE


def count_users(users):
    status = Counter(user.get("status") if user.get("status") in ("online", "away", "busy") else "offline" for user in users)
    active = sum(user.get("active") is not False for user in users)
    return {
        "totalUsers": len(users),
        "activeUsers": active,
        "nonActiveUsers": len(users) - active,
        "onlineUsers": status["online"],
        "awayUsers": status["away"],
        "busyUsers": status["busy"],
        "offlineUsers": status["offline"],
        "totalConnectedUsers": status["online"] + status["away"],
        "appUsers": sum(user.get("type") == "app" for user in users),
        "botUsers": sum(user.get("type") == "bot" for user in users),
        "activeGuests": sum(user.get("type") == "guest" and user.get("active") is not False for user in users),
        "userLanguages": dict(Counter(user.get("language") or "none" for user in users)),
    }


def count(folder):
    users = list(read(folder, "users"))
    rooms = {room["_id"]: room for room in read(folder, "rocketchat_room") if isinstance(room.get("t"), str)}
    messages = [message for message in read(folder, "rocketchat_message") if is_message(message)]
    uploads = list(read(folder, "rocketchat_uploads"))
    in_teams = [room for room in rooms.values() if room.get("teamId")]
    teams = {ident(room["teamId"]) for room in in_teams} | {ident(team["_id"]) for team in read(folder, "rocketchat_team")}
    kinds = Counter(room["t"] for room in rooms.values())
    # Of a room without a document, nobody knows the kind.
    in_kinds = Counter(rooms[m["rid"]]["t"] if m["rid"] in rooms else None for m in messages)
    discussions = {room["_id"] for room in rooms.values() if room.get("prid")}
    return {
        **count_users(users),
        "totalRooms": len(rooms),
        "totalChannels": kinds["c"],
        "totalPrivateGroups": kinds["p"],
        "totalDirect": kinds["d"],
        "totlalLivechat": kinds["l"],
        "totalLivechat": kinds["l"],
        "totalMessages": len(messages),
        "totalChannelMessages": in_kinds["c"],
        "totalPrivateGroupMessages": in_kinds["p"],
        "totalDirectMessages": in_kinds["d"],
        "totalLivechatMessages": in_kinds["l"],
        "totalThreads": len({m["tmid"] for m in messages if m.get("tmid")}),
        "totalDiscussions": len(discussions),
        "totalDiscussionsMessages": sum(m["rid"] in discussions for m in messages),
        "totalRoomsWithPinned": len({m["rid"] for m in messages if m.get("pinned") is True}),
        "totalPinned": sum(m.get("pinned") is True for m in messages),
        "uploadsTotal": len(uploads),
        "uploadsTotalSize": sum(number_of(upload.get("size")) for upload in uploads),
        "teams": {
            "totalTeams": len(teams),
            "totalRoomsInsideTeams": len(in_teams),
            "totalDefaultRoomsInsideTeams": sum(
                room.get("teamDefault") is True and room.get("teamMain") is not True for room in in_teams
            ),
        },
        "roomsInsideTeams": len(in_teams),
        "lastLogin": latest(time_of(user.get("lastLogin")) for user in users),
        "lastMessageSentAt": latest(time_of(m.get("ts")) for m in messages),
        "lastSeenSubscription": latest(time_of(s.get("ls")) for s in read(folder, "rocketchat_subscription")),
    }


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1])), indent=2))
