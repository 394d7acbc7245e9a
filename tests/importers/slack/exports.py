"""Exports of Slack with made-up values: a small one whose rows are known, and large ones."""

import random
from collections import defaultdict
from typing import Any

from tests.importers.stored import PRIVATE, to_json

AT = 1_700_000_000


def user(ident: str, **more: Any) -> dict[str, Any]:
    profile = {"real_name": f"{PRIVATE} name", "email": f"{PRIVATE}@chat.example", **more.pop("profile", {})}
    return {
        "id": ident,
        "team_id": "T1",
        "name": f"{PRIVATE}-{ident}",
        "deleted": False,
        "is_bot": False,
        "profile": profile,
    } | more


def room(ident: str, *members: str, **more: Any) -> dict[str, Any]:
    topic = {"value": PRIVATE, "creator": "", "last_set": 0}
    return {"id": ident, "created": AT - 1000, "is_archived": False, "members": list(members), "topic": topic} | more


def message(second: float, author: str | None = "U1", **more: Any) -> dict[str, Any]:
    sender = {"user": author} if author else {}
    return {"type": "message", "text": f"{PRIVATE} text", "ts": f"{AT + second:.6f}", **sender, **more}


def file(ident: str, size: int, **more: Any) -> dict[str, Any]:
    return {"id": ident, "created": AT + 50, "name": f"{PRIVATE}.txt", "mode": "hosted", "size": size, "user": "U1", **more}


def thread(second: float) -> dict[str, str]:
    return {"thread_ts": f"{AT + second:.6f}"}


USERS = [
    user("U1", locale="de-DE"),
    user("U2", is_restricted=True),
    user("U3", is_ultra_restricted=True, deleted=True),
    user("U4", is_bot=True, profile={"bot_id": "B4"}),
    user("USLACKBOT"),
]
CHANNELS = [
    room("C1", "U1", "U2", name=f"{PRIVATE}-général", pins=[{"id": f"{AT + 1:.6f}", "type": "C"}]),
    room("C2", "U1", name=f"{PRIVATE}-old", is_archived=True),
]
TALK = [
    message(1, edited={"user": "U1", "ts": f"{AT + 9:.6f}"}),
    message(2, "U2", **thread(2), reply_count=2),
    message(3, "U1", **thread(2)),
    message(4, "U2", subtype="thread_broadcast", **thread(2)),
    message(5, None, subtype="bot_message", bot_id="B4", username=PRIVATE),
    message(6, None, subtype="bot_message", bot_id="B9"),
    message(7, "U2", subtype="channel_join"),
    message(
        8, "U1", files=[file("F1", 10), file("F2", 20, mode="external", is_external=True), {"id": "F3", "mode": "tombstone"}]
    ),
    message(9, "USLACKBOT", subtype="tombstone", hidden=True, **thread(9)),
    message(10, None, subtype="message_changed", hidden=True),
    message(11, "UGONE", pinned_to=["C1"]),
]
NEXT_DAY = [
    message(90_000, None, subtype="file_comment", file=file("F4", 40, user="U2"), comment={"user": "U2", "comment": PRIVATE})
]

SMALL = {
    "users.json": to_json(USERS),
    "channels.json": to_json(CHANNELS),
    "groups.json": to_json([room("G1", "U1", name=f"{PRIVATE}-team")]),
    "mpims.json": to_json([room("G2", "U1", "U2", "U4", name=f"mpdm-{PRIVATE}-1")]),
    "dms.json": to_json([room("D1", "U1", "U2")]),
    "integration_logs.json": to_json([{"user_name": PRIVATE}]),
    f"{PRIVATE}-général/2023-11-14.json": to_json(TALK),
    f"{PRIVATE}-général/2023-11-15.json": to_json(NEXT_DAY),
    f"{PRIVATE}-team/2023-11-14.json": to_json([message(1, "U2", files=[file("F1", 10)])]),
    f"mpdm-{PRIVATE}-1/2023-11-14.json": to_json([message(1)]),
    "D1/2023-11-14.json": to_json([message(1, "U2"), message(1.5, "U1")]),
}


def large(seed: int, messages: int) -> dict[str, bytes]:
    """Make an export with as many messages, in all kinds of conversations, threads and files among them."""
    rng = random.Random(seed)
    users = [f"U{number}" for number in range(40)]
    named = {"channels": "C", "groups": "G", "mpims": "M"}
    rooms = {file: [room(f"{letter}{n}", *users[:9], name=f"{file}-{n}") for n in range(9)] for file, letter in named.items()}
    rooms["dms"] = [room(f"D{number}", *rng.sample(users, 2)) for number in range(9)]
    folders = [one.get("name", one["id"]) for of_kind in rooms.values() for one in of_kind]
    days: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in range(messages):
        more: dict[str, Any] = thread(rng.randrange(messages)) if rng.random() < 0.3 else {}
        if rng.random() < 0.05:
            more["files"] = [file(f"F{rng.randrange(messages)}", 7)]
        if rng.random() < 0.02:
            more["hidden"] = True
        days[f"{rng.choice(folders)}/2023-11-{14 + number * 10 // messages}.json"].append(
            message(number, rng.choice(users), **more)
        )
    accounts = [
        user(ident, is_bot=rng.random() < 0.1, deleted=rng.random() < 0.2, is_restricted=rng.random() < 0.2) for ident in users
    ]
    arrays = {f"{name}.json": to_json(of_kind) for name, of_kind in rooms.items()}
    return {"users.json": to_json(accounts), **arrays, **{name: to_json(day) for name, day in days.items()}}
