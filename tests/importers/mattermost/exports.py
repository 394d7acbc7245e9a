"""Bulk exports of Mattermost with made-up values: a small one whose rows are known, and large ones."""

import json
import random
from typing import Any

from tests.importers.stored import PRIVATE

AT = 1_700_000_000_000


def line(type_: str, **value: Any) -> dict[str, Any]:
    return {"type": type_, type_: value}


def user(name: str, *channels: str, **more: Any) -> dict[str, Any]:
    memberships = [{"name": channel, "roles": "channel_user", "last_viewed_at": AT + 5} for channel in channels]
    teams = [{"name": f"{PRIVATE}-team", "roles": "team_user", "channels": memberships}]
    account = {"username": name, "email": f"{PRIVATE}@chat.example", "roles": "system_user", "delete_at": 0, "teams": teams}
    return {"type": "user", "user": account | more}


def channel(name: str, type_: str = "O", **more: Any) -> dict[str, Any]:
    return line("channel", team=f"{PRIVATE}-team", name=name, display_name=PRIVATE, type=type_, **more)


def sent(author: str, millisecond: int, **more: Any) -> dict[str, Any]:
    return {"user": author, "type": "", "message": f"{PRIVATE} text", "create_at": AT + millisecond, "edit_at": 0, **more}


def post(where: str, author: str, millisecond: int, **more: Any) -> dict[str, Any]:
    return line("post", team=f"{PRIVATE}-team", channel=where, **sent(author, millisecond, **more))


def direct_post(members: list[str], author: str, millisecond: int, **more: Any) -> dict[str, Any]:
    return line("direct_post", channel_members=members, **sent(author, millisecond, **more))


def to_lines(lines: list[Any]) -> bytes:
    version = {"type": "version", "version": 1, "info": {"generator": "mattermost-server", "version": "9.5.0"}}
    return b"".join(json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in [version, *lines])


ANN, BOB, EVE = f"{PRIVATE}.ann", f"{PRIVATE}.bob", f"{PRIVATE}.eve"
TOWN, DEN = f"{PRIVATE}-town", f"{PRIVATE}-den"

LINES = [
    line("team", name=f"{PRIVATE}-team", display_name=PRIVATE, type="O"),
    line("emoji", name=PRIVATE, image="emoji.png"),
    channel(TOWN),
    channel(DEN, "P"),
    channel(f"{PRIVATE}-old", deleted_at=AT),
    user(ANN, TOWN, DEN, locale="de"),
    user(BOB, TOWN, roles="system_guest"),
    user(EVE, delete_at=AT),
    line("bot", username=f"{PRIVATE}.bot", owner=ANN, display_name=PRIVATE, delete_at=0),
    post(TOWN, ANN, 1, edit_at=AT + 9, is_pinned=True),
    post(
        TOWN,
        BOB,
        2,
        replies=[sent(ANN, 3), sent(BOB, 4, attachments=[{"path": f"20231114/{PRIVATE}/b.txt"}])],
        attachments=[{"path": f"20231114/{PRIVATE}/a.txt"}, {"path": f"20231114/{PRIVATE}/gone.txt"}],
    ),
    post(TOWN, BOB, 5, type="system_join_channel"),
    post(DEN, f"{PRIVATE}.bot", 6),
    post(DEN, f"{PRIVATE}.unknown", 7),
    line("direct_channel", members=[ANN, BOB], header=PRIVATE),
    line("direct_channel", members=[ANN, ANN], header=PRIVATE),
    line("direct_channel", members=[BOB, EVE, ANN], header=PRIVATE),
    direct_post([BOB, ANN], BOB, 8, replies=[]),
    direct_post([ANN, ANN], ANN, 9),
    direct_post([ANN, BOB, EVE], EVE, 10, replies=[sent(ANN, 11)]),
]

SMALL = {
    "import.jsonl": to_lines(LINES),
    f"data/20231114/{PRIVATE}/a.txt": b"a" * 10,
    f"data/20231114/{PRIVATE}/b.txt": b"b" * 20,
}


def large(seed: int, posts: int) -> dict[str, bytes]:
    """Make an export with as many posts and replies, some of them in the same millisecond, and with attached files."""
    rng = random.Random(seed)
    names = [f"name{number}" for number in range(40)]
    channels = [f"channel{number}" for number in range(20)]
    lines = [line("team", name=f"{PRIVATE}-team")]
    lines += [channel(name, rng.choice("OP")) for name in channels]
    lines += [user(name, *rng.sample(channels, 3), delete_at=rng.choice((0, AT))) for name in names]
    groups = [sorted(group) for group in {frozenset(rng.sample(names, rng.choice((2, 3)))) for _ in range(20)}]
    lines += [line("direct_channel", members=group) for group in groups]
    attached = {}
    for number in range(posts):
        # Few moments for many posts.
        one = sent(rng.choice(names), rng.randrange(posts // 2 + 1))
        if rng.random() < 0.05:
            path = f"20231114/file{number}.bin"
            attached[f"data/{path}"] = b"x" * rng.randrange(99)
            one["attachments"] = [{"path": path}]
        last = lines[-1][lines[-1]["type"]]
        if rng.random() < 0.4 and "create_at" in last:
            last.setdefault("replies", []).append(one)
        elif rng.random() < 0.7:
            lines.append(line("post", team=f"{PRIVATE}-team", channel=rng.choice(channels), **one))
        else:
            lines.append(line("direct_post", channel_members=rng.choice(groups), **one))
    return {"import.jsonl": to_lines(lines), **attached}
