"""Exports of Zulip with made-up values: a small one whose rows are known, and large ones."""

import random
from typing import Any

from tests.importers.stored import PRIVATE, to_json

AT = 1_700_000_000.25

PERSON, CHANNEL, GROUP = 1, 2, 3
Row = dict[str, Any]


def user(ident: int, **more: Any) -> Row:
    return {
        "id": ident,
        "email": f"{PRIVATE}{ident}@chat.example",
        "full_name": PRIVATE,
        "is_bot": False,
        "is_active": True,
        "role": 400,
        "default_language": "en",
        "date_joined": AT - 1000,
        "last_login": None,
        "recipient": 100 + ident,
        **more,
    }


def channel(ident: int, **more: Any) -> Row:
    return {"id": ident, "name": PRIVATE, "invite_only": False, "deactivated": False, "date_created": AT - 500, **more}


def recipient(ident: int, type_: int, of: int) -> Row:
    return {"id": ident, "type": type_, "type_id": of}


def subscription(ident: int, who: int, to: int, **more: Any) -> Row:
    return {"id": ident, "user_profile": who, "recipient": to, "active": True, **more}


def message(ident: int, sender: int, to: int, second: float = 0, **more: Any) -> Row:
    content = {"subject": PRIVATE, "content": f"{PRIVATE} text", "last_edit_time": None, "edit_history": None}
    return {"id": ident, "sender": sender, "recipient": to, "date_sent": AT + second, **content, **more}


def attachment(ident: int, size: int, *messages: int, **more: Any) -> Row:
    names = {"file_name": PRIVATE, "path_id": f"2/{PRIVATE}"}
    return {"id": ident, "size": size, "create_time": AT, "owner": 1, "messages": list(messages), **names, **more}


def to_files(realm: dict[str, Any], *messages: list[Any], attachments: list[Any] | None = None) -> dict[str, bytes]:
    files = {"realm.json": to_json({"zerver_realm": [{"id": 2, "name": PRIVATE}], **realm})}
    for number, rows in enumerate(messages, 1):
        files[f"messages-{number:06}.json"] = to_json({"zerver_message": rows, "zerver_usermessage": [{"id": 1}]})
    return files | ({} if attachments is None else {"attachment.json": to_json({"zerver_attachment": attachments})})


REALM = {
    "zerver_userprofile": [
        user(1, last_login=AT + 5, default_language="de"),
        user(2, role=600),
        user(3, is_bot=True, bot_type=1),
        user(4, is_active=False),
    ],
    # Recipients of people who are not exported are known from their own rows only.
    "zerver_userprofile_mirrordummy": [user(5, is_active=False, is_mirror_dummy=True)],
    "zerver_userprofile_crossrealm": [{"id": 90, "email": f"{PRIVATE}-bot@chat.example"}],
    "zerver_stream": [channel(1), channel(2, invite_only=True), channel(3, deactivated=True)],
    "zerver_huddle": [{"id": 1, "huddle_hash": "5f"}],
    "zerver_recipient": [
        *(recipient(100 + ident, PERSON, ident) for ident in (1, 2, 3, 4)),
        *(recipient(200 + ident, CHANNEL, ident) for ident in (1, 2, 3)),
        recipient(301, GROUP, 1),
    ],
    "zerver_subscription": [
        subscription(1, 1, 101),
        subscription(2, 1, 201),
        subscription(3, 2, 201, active=False),
        subscription(4, 2, 202),
        subscription(5, 3, 301),
    ],
}
FIRST = [
    message(11, 1, 201, 1, last_edit_time=AT + 60, edit_history="[]"),
    message(12, 2, 202, 2),
    message(13, 3, 301, 3),
    message(14, 1, 102, 4),
    message(15, 2, 101, 5),
    message(16, 1, 101, 6),
]
SECOND = [
    message(17, 90, 101, 7),
    message(18, 1, 105, 8),
    message(19, 1, 203, date_sent="2023-11-15T10:00:00.500000+00:00"),
]

SMALL = {
    **to_files(REALM, FIRST, SECOND, attachments=[attachment(21, 10, 14, 11), attachment(22, 20)]),
    f"uploads/2/{PRIVATE}.txt": b"text",
}


def large(seed: int, messages: int) -> dict[str, bytes]:
    """Make an export with as many messages, a thousand in each file, to channels, groups and people."""
    rng = random.Random(seed)
    people = range(1, 41)
    realm = {
        "zerver_userprofile": [
            user(ident, is_bot=rng.random() < 0.1, is_active=rng.random() < 0.8, role=rng.choice((400, 600)))
            for ident in people
        ],
        "zerver_stream": [channel(ident, invite_only=rng.random() < 0.3) for ident in range(1, 11)],
        "zerver_recipient": [
            *(recipient(100 + ident, PERSON, ident) for ident in people),
            *(recipient(200 + ident, CHANNEL, ident) for ident in range(1, 11)),
            *(recipient(300 + ident, GROUP, ident) for ident in range(1, 11)),
        ],
        "zerver_subscription": [
            subscription(number, rng.choice(people), rng.choice((201, 202, 203, 301, 302))) for number in range(200)
        ],
    }
    to = [*range(101, 141), *range(201, 211), *range(301, 311)]
    rows = [
        message(ident, rng.choice(people), rng.choice(to), ident * 60, last_edit_time=rng.choice((None, AT)))
        for ident in range(messages)
    ]
    files = [rows[start : start + 1000] for start in range(0, messages, 1000)]
    files_of = [attachment(ident, ident % 99, rng.randrange(messages)) for ident in range(messages // 50)]
    return to_files(realm, *files, attachments=files_of)
