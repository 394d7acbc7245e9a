"""Import an export of another chat."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from ...importers.kinds import KINDS
from ...importers.load import LoadOptions, LoadStopped, load
from ...importers.report import LoadReport
from ..progress_bar import ProgressBar

SOME_REJECTED = 3


class Command(BaseCommand):
    """`manage.py import_chat KIND PATH`."""

    help = (
        "Import an export of another chat, and back-fill the history. Can be repeated; resumes after one that was killed. "
        f"Exit status: 0 if all documents were loaded, {SOME_REJECTED} if some were rejected, 1 if nothing was loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments for the export, the options of each kind of export, and the options of every import."""
        paths = "; ".join(f"{kind}: {export.description}" for kind, export in KINDS.items())
        parser.add_argument("kind", choices=list(KINDS), help="the kind of export")
        parser.add_argument("path", type=Path, help=f"the path of the export ({paths})")
        for export in KINDS.values():
            export.add_arguments(parser)
        parser.add_argument("--strict", action="store_true", help="stop at the first document that cannot be loaded")
        parser.add_argument("--dry-run", action="store_true", help="read everything but write nothing")
        parser.add_argument("--rejects", type=Path, help="the file that lists rejected documents (var/import-rejects.jsonl)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the export, report the result, and exit with the status."""
        rejects = options["rejects"] or settings.VAR_DIR / "import-rejects.jsonl"
        load_options = LoadOptions(rejects, options["strict"], options["dry_run"])
        try:
            export = KINDS[options["kind"]].open(options["path"], options)
            with ProgressBar() as bar:
                report = load(export, load_options, bar.update)
        except OSError as error:
            raise CommandError(_describe(error)) from error
        except (LoadStopped, ValueError) as error:
            raise CommandError(str(error)) from error
        self._write_report(report, load_options)
        for remark in export.remarks():
            self.stdout.write(remark)
        _require_accepted(report, options["path"])
        if not load_options.is_dry_run:
            for line in export.compare_with_loaded():
                self.stdout.write(line)
            # So that charts show all the years of the export at once.
            call_command("roll_up_history", stdout=self.stdout)
            call_command("backfill_history", stdout=self.stdout)
        if report.rejected:
            sys.exit(SOME_REJECTED)

    def _write_report(self, report: LoadReport, options: LoadOptions) -> None:
        for stream in report.streams:
            counts = f"{stream.documents:,} documents, {stream.accepted:,} accepted, {stream.rejected:,} rejected"
            self.stdout.write(f"{stream.name}: {counts}")
            for note, number in stream.notes.most_common():
                self.stdout.write(f"  {number:,} {'document' if number == 1 else 'documents'} {note}")
        for name in report.missing:
            self.stdout.write(f"{name}: missing from the export, skipped")
        for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
            self.stdout.write(f"  rejected {count:,}: {reason}")
        if report.rejected and not options.is_dry_run:
            self.stdout.write(f"Rejected documents are listed in {options.rejects}")


def _require_accepted(report: LoadReport, path: Path) -> None:
    """Raise CommandError if nothing was loaded, which is no success."""
    if not report.documents:
        raise CommandError(f"Nothing was loaded: there are no documents in the collections of {path}. Export them again.")
    if not report.accepted:
        [(reason, count)] = report.reasons.most_common(1)
        all_rejected = f"all {report.documents:,} documents of {path} were rejected"
        raise CommandError(f"Nothing was loaded: {all_rejected}, {count:,} of them for this reason: {reason}.")


def _describe(error: OSError) -> str:
    return f"{error.filename} cannot be read: {error.strerror}." if error.filename and error.strerror else str(error)
