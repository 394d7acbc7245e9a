"""Import another chat's export."""

import sys
from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ...importers.documents import ExportFile
from ...importers.drift import drifted_rooms
from ...importers.importing import ImportStopped, Loaded, Options, Report, import_folder

SOME_REJECTED = 3
SHOWN_ROOMS = 10


class Command(BaseCommand):
    """`manage.py import_chat rocketchat DIR`."""

    help = (
        "Import an export of a Rocket.Chat workspace, made by mongoexport. Repeatable; goes on where it was killed. "
        f"Exit status: 0 all loaded, {SOME_REJECTED} all but some documents, 1 stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what, from where, and how."""
        parser.add_argument("kind", choices=["rocketchat"], help="whose export it is")
        parser.add_argument("folder", type=Path, help="the folder with users, rocketchat_room, … (.jsonl, .json, also .gz)")
        parser.add_argument("--jsonArray", dest="array", action="store_true", help="each file is one array (else it is seen)")
        parser.add_argument("--strict", action="store_true", help="stop at the first document that cannot be loaded")
        parser.add_argument("--dry-run", action="store_true", help="read everything, write nothing")
        parser.add_argument("--rejects", type=Path, help="where to name what was not loaded (var/import-rejects.jsonl)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, and end with the status."""
        rejects = options["rejects"] or settings.VAR_DIR / "import-rejects.jsonl"
        how = Options(rejects, options["strict"], options["dry_run"], options["array"])
        try:
            with Bar() as bar:
                report = import_folder(options["folder"], how, bar.update)
        except (ImportStopped, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self._tell(report, how)
        if not how.is_dry_run:
            self._tell_drift(options["folder"], how)
        if report.rejected:
            sys.exit(SOME_REJECTED)

    def _tell(self, report: Report, how: Options) -> None:
        for file in report.files:
            said = f"{file.path.name}: {file.lines:,} lines, {file.accepted:,} accepted, {file.rejected:,} rejected"
            self.stdout.write(said)
        for name in report.missing:
            self.stdout.write(f"{name}: no file, left out")
        for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
            self.stdout.write(f"  rejected {count:,}: {reason}")
        if report.rejected and not how.is_dry_run:
            self.stdout.write(f"What was rejected is named in {how.rejects}")

    def _tell_drift(self, folder: Path, how: Options) -> None:
        drifted = drifted_rooms(folder, is_array=how.is_array)
        shown = list(islice(drifted, SHOWN_ROOMS))
        rest = sum(1 for _ in drifted)
        if not shown:
            self.stdout.write("The rooms' own counters agree with their messages.")
        for drift in shown:
            off = drift.said - drift.counted
            self.stdout.write(f"Room {drift.room}: its counter said {drift.said:,}, there are {drift.counted:,} ({off:+,})")
        if rest:
            self.stdout.write(f"… and {rest:,} more rooms whose counter had drifted")


class Bar:
    """A progress bar in bytes of the file, with documents a second and time left; silent when nobody watches."""

    def __init__(self) -> None:
        self.bar: tqdm | None = None
        self.path: Path | None = None

    def __enter__(self) -> "Bar":
        return self

    def update(self, file: ExportFile, loaded: Loaded) -> None:
        """Move on."""
        if file.path != self.path or self.bar is None:
            self.__exit__()
            self.path = file.path
            self.bar = tqdm(total=file.size, desc=file.path.name, unit="B", unit_scale=True, disable=None)
        self.bar.set_postfix_str(f"{loaded.lines:,} documents", refresh=False)
        self.bar.update(file.position - self.bar.n)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
