"""The expected statistics of a bulk export of Mattermost, computed with the standard library only: `python mattermost.py PATH`.

It is independent of the project. PATH is the .zip, the folder or the .jsonl. The result has the wire keys of the statistics.
"""

import json
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path


def read(path):
    """Return the objects of each type of line, and the sizes of the other files by their names."""
    if path.is_dir():
        files = {str(file.relative_to(path)): file.stat().st_size for file in path.rglob("*") if file.is_file()}
        [lines] = [file.read_bytes() for file in path.glob("*.jsonl")]
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            files = {member.filename: member.file_size for member in archive.infolist()}
            [lines] = [archive.read(name) for name in files if name.endswith(".jsonl")]
    else:
        files, lines = {}, path.read_bytes()
    of_type = defaultdict(list)
    for line in map(json.loads, lines.splitlines()):
        of_type[line["type"]].append(line.get(line["type"]))
    return of_type, files


def wire_time(milliseconds):
    if not milliseconds:
        return None
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def count_users(of_type):
    users = {user["username"]: "bot" for user in of_type["bot"]}
    accounts = {account["username"]: account for account in [*of_type["user"], *of_type["bot"]]}
    guests = {user["username"] for user in of_type["user"] if "system_guest" in user.get("roles", "").split()} - set(users)
    active = {name for name, account in accounts.items() if not account.get("delete_at")}
    return {
        "totalUsers": len(accounts),
        "activeUsers": len(active),
        "nonActiveUsers": len(accounts) - len(active),
        "onlineUsers": 0,
        "awayUsers": 0,
        "busyUsers": 0,
        "offlineUsers": len(accounts),
        "totalConnectedUsers": 0,
        "appUsers": 0,
        "botUsers": len(users),
        "activeGuests": len(guests & active),
        "userLanguages": dict(Counter(account.get("locale") or "none" for account in accounts.values())),
    }


def count(path):
    of_type, files = read(path)
    kinds = {(room["team"], room["name"]): {"O": "c", "P": "p"}[room["type"]] for room in of_type["channel"]}
    kinds |= {frozenset(room["members"]): "d" for room in of_type["direct_channel"]}
    posts = [((post["team"], post["channel"]), post) for post in of_type["post"]]
    posts += [(frozenset(post["channel_members"]), post) for post in of_type["direct_post"]]
    messages = [(room, message) for room, post in posts for message in [post, *(post.get("replies") or [])]]
    paths = {attached["path"] for _, message in messages for attached in message.get("attachments") or []}
    # Of a room without a line, nobody knows the kind.
    sent_in = Counter(kinds.get(room) for room, _ in messages)
    seen = [
        channel.get("last_viewed_at")
        for user in of_type["user"]
        for team in user.get("teams") or []
        for channel in team.get("channels") or []
    ]
    pinned = [room for room, message in messages if message.get("is_pinned")]
    of_kind = Counter(kinds.values())
    in_teams = len(of_type["channel"])
    return {
        **count_users(of_type),
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
        "totalThreads": sum(bool(post.get("replies")) for _, post in posts),
        "totalDiscussions": 0,
        "totalDiscussionsMessages": 0,
        "totalRoomsWithPinned": len(set(pinned)),
        "totalPinned": len(pinned),
        "uploadsTotal": len(paths),
        "uploadsTotalSize": sum(files.get(f"data/{name}", 0) for name in paths),
        "teams": {
            "totalTeams": len(of_type["team"]),
            "totalRoomsInsideTeams": in_teams,
            "totalDefaultRoomsInsideTeams": 0,
        },
        "roomsInsideTeams": in_teams,
        "lastLogin": None,
        "lastMessageSentAt": wire_time(max((message["create_at"] for _, message in messages), default=0)),
        "lastSeenSubscription": wire_time(max(filter(None, seen), default=0)),
    }


if __name__ == "__main__":
    print(json.dumps(count(Path(sys.argv[1])), indent=2))
