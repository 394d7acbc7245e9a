"""Small exports of one workspace, with made-up values, in each spelling that MongoDB's tools have or had.

The workspace has 5 users, 4 rooms, 6 subscriptions, 20 messages and 3 uploads.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

COUNTS = {"users": 5, "rocketchat_room": 4, "rocketchat_subscription": 6, "rocketchat_message": 20, "rocketchat_uploads": 3}
_START = datetime(2018, 2, 24, 13, 13, 0, 236_000, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Spell = Callable[[datetime], Any]


def _milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _iso(at: datetime, zone: str) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", zone)


SPELLINGS: dict[str, Spell] = {
    "relaxed": lambda at: {"$date": _iso(at, "Z")},
    "canonical": lambda at: {"$date": {"$numberLong": str(_milliseconds(at))}},
    "v1_offset": lambda at: {"$date": _iso(at, "+0000")},
    "v1_ms": lambda at: {"$date": _milliseconds(at)},
    "v1_long": lambda at: {"$date": {"$numberLong": str(_milliseconds(at))}},
}


def workspace(spell: Spell = SPELLINGS["relaxed"]) -> dict[str, list[dict[str, Any]]]:
    """Return the documents of the five collections, with times as `spell` writes them."""

    def at(days: int) -> Any:
        return spell(_START + timedelta(days=days))

    return {
        "users": [
            {"_id": f"user{n:013}", "createdAt": at(n), "services": {"password": {"bcrypt": "x"}}, "username": f"name{n}",
             "name": f"Näme {n}", "emails": [{"address": f"n{n}@example.org"}], "type": "user", "status": "offline",
             "active": True, "roles": ["user"], "lastLogin": at(9), "language": "de"}
            for n in range(5)
        ],
        "rocketchat_room": [
            {"_id": f"room{n:013}", "t": kind, "name": f"room {n}", "msgs": 5, "ts": at(n)} for n, kind in enumerate("cpdc")
        ],
        "rocketchat_subscription": [
            {"_id": f"subs{n:013}", "rid": f"room{n % 4:013}", "u": {"_id": f"user{n % 5:013}"}, "ls": at(n)} for n in range(6)
        ],
        "rocketchat_message": [
            {"_id": f"mess{n:013}", "rid": f"room{n % 4:013}", "msg": f"hello {n} – ünï", "ts": at(n),
             "u": {"_id": f"user{n % 5:013}", "username": f"name{n % 5}"}, "mentions": [], "attachments": [{"_id": "x"}]}
            for n in range(20)
        ],
        "rocketchat_uploads": [
            {"_id": f"file{n:013}", "rid": f"room{n:013}", "userId": f"user{n:013}", "name": f"{n}.png", "size": 100 * n,
             "uploadedAt": at(n), "complete": True}
            for n in range(3)
        ],
    }  # fmt: skip


def write_export(
    folder: Path,
    collections: dict[str, list[dict[str, Any]]] | None = None,
    name: Callable[[str], str] = "{}.json".format,
    render: Callable[[list[dict[str, Any]]], bytes] | None = None,
) -> Path:
    """Write a file for each collection, whose name and contents the functions make."""
    folder.mkdir(parents=True, exist_ok=True)
    for collection, documents in (collections or workspace()).items():
        (folder / name(collection)).write_bytes((render or lines)(documents))
    return folder


def lines(documents: list[dict[str, Any]]) -> bytes:
    """Render one document on each line."""
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()


def array(documents: list[dict[str, Any]]) -> bytes:
    """Render a pretty-printed array."""
    return json.dumps(documents, ensure_ascii=False, indent=2).encode()


def pretty(documents: list[dict[str, Any]]) -> bytes:
    """Render documents on many lines, as `mongoexport --pretty` does."""
    return "".join(json.dumps(document, ensure_ascii=False, indent="\t") + "\n" for document in documents).encode()


def of_shell(documents: list[dict[str, Any]]) -> bytes:
    """Render one document on each line, as the mongo shell's `printjsononeline` does."""
    text = lines(documents).decode()
    while (start := text.find('{"$date": "')) >= 0:
        end = text.index("}", start)
        text = f"{text[:start]}ISODate({text[start + 10 : end]}){text[end + 1 :]}"
    return text.encode()
