"""Helpers that store the files of an export in a folder or an archive, import it, and compare the results."""

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statsproject.chat.importers.kinds import KINDS
from statsproject.chat.importers.load import BatchCallback, LoadOptions
from statsproject.chat.importers.load import load as load_export
from statsproject.chat.importers.report import LoadReport
from statsproject.chat.models import Message, Room, Subscription, Team, Upload, User

# Every made-up name, text and address contains this; no row and no list of rejects may.
PRIVATE = "privat"

Files = Mapping[str, bytes]


def to_json(value: Any) -> bytes:
    return json.dumps(value, indent=4).encode()


def write_folder(folder: Path, files: Files) -> Path:
    for name, contents in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
    return folder


def write_zip(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in files.items():
            archive.writestr(name, contents)
    return path


def write_tar(path: Path, files: Files) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, contents in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(contents)
            archive.addfile(member, io.BytesIO(contents))
    return path


def load(kind: str, path: Path, on_batch: BatchCallback = lambda stream, report: None, **options: Any) -> LoadReport:
    return load_export(KINDS[kind].open(path, {}), LoadOptions(rejects=rejects_of(path), **options), on_batch)


def rejects_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.rejects.jsonl")


def rejects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rejects_of(path).read_text().splitlines()]


def differences(expected: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the statistics that differ from an oracle's, as (expected, found)."""
    document = generation.generate(Origin.COMMAND).document
    return {key: (value, document[key]) for key, value in expected.items() if document[key] != value}


def stored_text() -> str:
    """Return all that is in the tables of the chat."""
    with connection.cursor() as cursor:
        rows = []
        for model in (User, Team, Room, Subscription, Message, Upload):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            rows += cursor.fetchall()
    return repr(rows)


def balances(report: LoadReport) -> bool:
    """Return whether every document of each stream was either accepted or rejected."""
    return all(stream.documents == stream.accepted + stream.rejected for stream in report.streams)
