"""The expected statistics of an export, computed from its files with the standard library only: `python rocketchat.py DIR`.

It is independent of the project. The result has the wire keys of the statistics.
"""

import gzip
import json
import sys
from collections import Counter
from pathlib import Path


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


def time_of(value):
    return value["$date"] if value else None


def latest(times):
    return max((time for time in times if time), default=None)


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
    rooms = {room["_id"]: room for room in read(folder, "rocketchat_room") if room.get("t") in ("c", "p", "d", "l")}
    messages = [m for m in read(folder, "rocketchat_message") if m.get("rid") in rooms and m.get("ts")]
    known_users = {user["_id"] for user in users}
    subscriptions = [
        s for s in read(folder, "rocketchat_subscription") if s.get("rid") in rooms and s["u"]["_id"] in known_users
    ]
    uploads = list(read(folder, "rocketchat_uploads"))
    kinds = Counter(room["t"] for room in rooms.values())
    in_kinds = Counter(rooms[m["rid"]]["t"] for m in messages)
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
        "uploadsTotalSize": sum(upload.get("size") or 0 for upload in uploads),
        "teams": {
            "totalTeams": len({room["teamId"] for room in rooms.values() if room.get("teamId")}),
            "totalRoomsInsideTeams": sum(bool(room.get("teamId")) for room in rooms.values()),
            "totalDefaultRoomsInsideTeams": sum(
                bool(room.get("teamId")) and room.get("teamDefault") is True and room.get("teamMain") is not True
                for room in rooms.values()
            ),
        },
        "roomsInsideTeams": sum(bool(room.get("teamId")) for room in rooms.values()),
        "lastLogin": latest(time_of(user.get("lastLogin")) for user in users),
        "lastMessageSentAt": latest(time_of(m["ts"]) for m in messages),
        "lastSeenSubscription": latest(time_of(s.get("ls")) for s in subscriptions),
    }


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1])), indent=2))
