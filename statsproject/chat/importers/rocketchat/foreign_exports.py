"""Recognize what is not an export of Rocket.Chat, so that an error can say what it is."""

from collections.abc import Sequence
from pathlib import Path

from ..files import StoredFile

_HEAD_SIZE = 4096


def identify(path: Path, files: Sequence[StoredFile]) -> str:
    """Return a sentence that says which other kind of export or data a path leads to, and what to do; "" if it is none."""
    names = {file.path.name for file in files}
    if {"users.json", "channels.json"} <= names or {"channels.json", "integration_logs.json"} <= names:
        return f"{path} is a Slack export: import it with the kind slack."
    if "realm.json" in names:
        return f"{path} is a Zulip export: import it with the kind zulip."
    if any(_is_mattermost(file) for file in files if file.path.suffix == ".jsonl"):
        return f"{path} is a Mattermost export: import it with the kind mattermost."
    if any(name == "WiredTiger" or name.endswith(".wt") for name in names):
        return f"{path} has a MongoDB server's data files: start a server on a copy of them, and import what mongodump writes."
    return ""


def _is_mattermost(file: StoredFile) -> bool:
    try:
        with file.open() as stream:
            return b'"type":"version"' in stream.readline(_HEAD_SIZE).replace(b" ", b"")
    except OSError:
        return False
