"""The expected statistics of an export of Slack, computed with the standard library only: `python slack.py PATH`.

It is independent of the project. PATH is the .zip or the folder. The result has the wire keys of the statistics.
"""

import json
import sys
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

KINDS = {"channels.json": "c", "groups.json": "p", "mpims.json": "d", "dms.json": "d"}


def read(path):
    """Return the contents of all JSON files by their names in the export."""
    if path.is_dir():
        return {str(file.relative_to(path)): json.loads(file.read_bytes()) for file in path.rglob("*.json")}
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        return {name: json.loads(archive.read(name)) for name in names}


def wire_time(ts):
    """Return Slack's time with milliseconds, cut off and not rounded."""
    seconds, _, fraction = str(ts).partition(".")
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction[:3].ljust(3, '0')}Z"


def read_rooms(files):
    """Return the kind of each room, the room of each folder, and the pinned messages as (room, ts)."""
    kinds, folders, pinned = {}, {}, set()
    for name, kind in KINDS.items():
        for room in files.get(name, []):
            kinds[room["id"]] = kind
            folders[room.get("name", room["id"])] = room["id"]
            pinned.update((room["id"], pin["id"]) for pin in room.get("pins", []))
    return kinds, folders, pinned


def read_messages(files, folders):
    """Yield the room and the message of each; events about others, and what remains of removed ones, are none.

    What no conversation is listed for is in a room of its own, which is called like the folder here.
    """
    for name in sorted(files, key=lambda name: name.rpartition("/")[::-1]):
        folder, _, day = name.rpartition("/")
        if folder and "/" not in folder and day[:2].isdigit():
            for message in files[name]:
                if not message.get("hidden") and message.get("subtype") != "tombstone":
                    yield folders.get(folder, folder), message


def count_users(users):
    bots = {user["id"] for user in users if user.get("is_bot") or user["id"] == "USLACKBOT"}
    active = {user["id"] for user in users if not user.get("deleted")}
    guests = {user["id"] for user in users if user.get("is_restricted") or user.get("is_ultra_restricted")}
    return {
        "totalUsers": len(users),
        "activeUsers": len(active),
        "nonActiveUsers": len(users) - len(active),
        "onlineUsers": 0,
        "awayUsers": 0,
        "busyUsers": 0,
        "offlineUsers": len(users),
        "totalConnectedUsers": 0,
        "appUsers": 0,
        "botUsers": len(bots),
        "activeGuests": len((guests & active) - bots),
        "userLanguages": dict(Counter(user.get("locale") or "none" for user in users)),
    }


def count(path):
    files = read(path)
    kinds, folders, pins = read_rooms(files)
    messages = {(room, message["ts"]): message for room, message in read_messages(files, folders)}
    uploads = {}
    for message in messages.values():
        for file in message.get("files") or [message["file"]] if message.get("file") else message.get("files", []):
            if file.get("mode") not in ("tombstone", "external") and not file.get("is_external"):
                uploads[file["id"]] = file.get("size", 0)
    sent_in = Counter(kinds.get(room) for room, _ in messages)
    roots = {(room, m["thread_ts"]) for (room, ts), m in messages.items() if m.get("thread_ts", ts) != ts}
    pinned = {key for key, m in messages.items() if key in pins or key[0] in m.get("pinned_to", [])}
    of_kind = Counter(kinds.values())
    return {
        **count_users(files.get("users.json", [])),
        "totalRooms": len(kinds),
        "totalChannels": of_kind["c"],
        "totalPrivateGroups": of_kind["p"],
        "totalDirect": of_kind["d"],
        "totlalLivechat": 0,
        "totalLivechat": 0,
        "totalMessages": len(messages),
        "totalChannelMessages": sent_in["c"],
        "totalPrivateGroupMessages": sent_in["p"],
        "totalDirectMessages": sent_in["d"],
        "totalLivechatMessages": 0,
        "totalThreads": len(roots),
        "totalDiscussions": 0,
        "totalDiscussionsMessages": 0,
        "totalRoomsWithPinned": len({room for room, _ in pinned}),
        "totalPinned": len(pinned),
        "uploadsTotal": len(uploads),
        "uploadsTotalSize": sum(uploads.values()),
        "teams": {"totalTeams": 0, "totalRoomsInsideTeams": 0, "totalDefaultRoomsInsideTeams": 0},
        "roomsInsideTeams": 0,
        "lastLogin": None,
        "lastMessageSentAt": wire_time(max((m["ts"] for m in messages.values()), key=float)) if messages else None,
        "lastSeenSubscription": None,
    }


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1])), indent=2))
