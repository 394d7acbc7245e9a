"""Recognize what kind of export a path leads to, whichever kind was asked for, so that an error can say what it is."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .contents import Contents
from .files import FileTree, StoredFile
from .mongodb.databases import Search

_SLACK_ROOMS = frozenset({"channels.json", "groups.json", "mpims.json", "dms.json"})
_SLACK_OTHERS = frozenset({"users.json", "org_users.json", "integration_logs.json"})
_SLACK_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_ZULIP_REALM = "realm.json"
_BULK_ENDINGS = frozenset({".jsonl", ".json", ".ndjson"})
_BULK_VERSION = re.compile(rb'"type"\s*:\s*"version"')
# The folder with the attached files of a bulk export.
BULK_ATTACHED = "data"
_ROCKETCHAT_NAME = re.compile(r"rocketchat[_-]", re.IGNORECASE)
# What people call the exports of some collections.
_ROCKETCHAT_SHORT = re.compile(r"(user|room|message|subscription|upload)s?", re.IGNORECASE)


def describe_foreign(path: Path, tree: FileTree, kind: str) -> str:
    """Return a sentence that says which export, if not of `kind`, or what data a path leads to, and what to do; "" if none."""
    for name, (title, is_one) in _KINDS.items():
        if name != kind and is_one(tree):
            return f"{path} is a {title} export: import_chat {name} {shlex.quote(str(path))}"
    if any(file.path.name == "WiredTiger" or file.path.suffix == ".wt" for file in tree.files()):
        return f"{path} has a MongoDB server's data files: start a server on a copy of them, and import what mongodump writes."
    return ""


def find_bulk_exports(files: Sequence[StoredFile]) -> list[StoredFile]:
    """Return the files with lines that Mattermost exports: the first of these tells the version.

    They may have any name if given by themselves, otherwise one of the usual endings.
    """
    named = [file for file in files if BULK_ATTACHED not in file.path.parts and not _BULK_ENDINGS.isdisjoint(_endings(file))]
    return [file for file in (files if len(files) == 1 else named) if _begins_with_version(file)]


def _endings(file: StoredFile) -> list[str]:
    return [suffix.lower() for suffix in file.path.suffixes]


def _begins_with_version(file: StoredFile) -> bool:
    try:
        with Contents(file) as contents:
            return _BULK_VERSION.search(contents.stream.readline(1000)) is not None
    except OSError:
        return False


def _is_slack(tree: FileTree) -> bool:
    names = {file.path.name for file in tree.files()}
    has_others = not names.isdisjoint(_SLACK_OTHERS) or any(map(_SLACK_DAY.fullmatch, names))
    return has_others and not names.isdisjoint(_SLACK_ROOMS)


def _is_zulip(tree: FileTree) -> bool:
    return any(file.path.name == _ZULIP_REALM for file in tree.files())


def _is_mattermost(tree: FileTree) -> bool:
    return bool(find_bulk_exports(tree.files()))


def _is_rocketchat(tree: FileTree) -> bool:
    """Return whether there is a collection with Rocket.Chat's prefix, or several that have a name without it."""
    try:
        names = {collection.name for collection in Search(tree).collections}
    except (OSError, ValueError):
        return False
    return any(map(_ROCKETCHAT_NAME.match, names)) or len(list(filter(_ROCKETCHAT_SHORT.fullmatch, names))) > 1


# The kinds by their names on the command line. Slack's and Zulip's exports have files that Rocket.Chat's have, too.
_KINDS: Mapping[str, tuple[str, Callable[[FileTree], bool]]] = {
    "slack": ("Slack", _is_slack),
    "zulip": ("Zulip", _is_zulip),
    "mattermost": ("Mattermost", _is_mattermost),
    "rocketchat": ("Rocket.Chat", _is_rocketchat),
}
