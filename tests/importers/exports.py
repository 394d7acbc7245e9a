"""Helpers that write small exports, in the formats of mongoexport, and import them."""

import gzip
import json
from pathlib import Path
from typing import Any

from statsproject.chat.importers.load import BatchCallback, LoadOptions
from statsproject.chat.importers.load import load as load_export
from statsproject.chat.importers.report import LoadReport
from statsproject.chat.importers.rocketchat.export import RocketChatExport

AT = {"$date": "2024-05-01T10:00:00.250Z"}


def user(ident: str, **more: Any) -> dict[str, Any]:
    return {"_id": ident, "username": f"name-{ident}", "type": "user", "active": True, "createdAt": AT, **more}


def room(ident: str, t: str = "c", **more: Any) -> dict[str, Any]:
    return {"_id": ident, "t": t, "name": f"room-{ident}", "ts": AT, **more}


def message(ident: str, rid: str = "r1", author: str = "u1", **more: Any) -> dict[str, Any]:
    return {"_id": ident, "rid": rid, "u": {"_id": author}, "ts": AT, **more}


def subscription(ident: str, rid: str = "r1", who: str = "u1", **more: Any) -> dict[str, Any]:
    return {"_id": ident, "rid": rid, "u": {"_id": who}, "ls": AT, **more}


def export(folder: Path, ending: str = "jsonl", **collections: list[dict[str, Any] | str]) -> Path:
    """Write an export to a folder. Documents that are strings are written unchanged."""
    folder.mkdir(exist_ok=True)
    for name, documents in collections.items():
        texts = [document if isinstance(document, str) else json.dumps(document) for document in documents]
        text = f"[{','.join(texts)}]" if ending == "array" else "".join(f"{text}\n" for text in texts)
        kind = "json" if ending == "array" else ending
        file = folder / f"{name if name == 'users' else f'rocketchat_{name}'}.{kind}"
        file.write_bytes(gzip.compress(text.encode()) if kind.endswith(".gz") else text.encode())
    return folder


def load(folder: Path, on_batch: BatchCallback = lambda stream, report: None, **options: Any) -> LoadReport:
    return load_export(RocketChatExport(folder), LoadOptions(rejects=folder / "rejects.jsonl", **options), on_batch)


def rejects(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "rejects.jsonl").read_text().splitlines()]
