"""Import the statistics that a Rocket.Chat server kept of itself."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...importers.export import DocumentStream
from ...importers.progress import find_progress
from ...importers.rejects import RejectsFile
from ...importers.report import StreamReport
from ...kept_statistics.loading import KeptReport, load_statistics
from ...kept_statistics.polite_requests import Requests
from ...kept_statistics.server_pages import ServerPages, server_address
from ...kept_statistics.streams import open_statistics
from ...models import ImportProgress
from ..progress_bar import ProgressBar

SOME_REJECTED = 3
# Where the progress of reading from a server keeps the id of the document that was read last.
LAST_ID = "last id"
USER_ID, TOKEN = "ROCKETCHAT_USER_ID", "ROCKETCHAT_TOKEN"


class Command(BaseCommand):
    """`manage.py import_statistics PATH|-` or `manage.py import_statistics --url URL`."""

    help = (
        "Import the statistics that a Rocket.Chat server kept of itself as snapshots: the collection rocketchat_statistics, or "
        "what statistics.list answers. Can be repeated, and resumes after an import that was killed. "
        f"Exit status: 0 if all documents were imported, {SOME_REJECTED} if some were rejected, 1 if none was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments for the file or the server."""
        parser.add_argument(
            "path", nargs="?", help="a backup or folder with rocketchat_statistics, a file, or - for standard input"
        )
        parser.add_argument("--url", help="the address of a running server, such as https://chat.example.org")
        parser.add_argument("--user-id", default=os.environ.get(USER_ID), help=f"default: the variable {USER_ID}")
        parser.add_argument("--token", default=os.environ.get(TOKEN), help=f"default: the variable {TOKEN}, which is safer")
        parser.add_argument(
            "--rejects", type=Path, help="the file that lists rejected documents (var/import-statistics-rejects.jsonl)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the documents, add them to the history, and report the result."""
        path = options["rejects"] or settings.VAR_DIR / "import-statistics-rejects.jsonl"
        try:
            stream = self._stream(options)
            with RejectsFile(path) as rejects:
                report = _load(stream, rejects)
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self._write_report(report, rejects)
        if report.accepted:
            # So that charts show all the years at once.
            call_command("roll_up_history", stdout=self.stdout)
        elif report.documents:
            raise CommandError(f"{stream.location} contains no statistics document.")
        elif options["path"]:
            raise CommandError(f"{stream.location} is empty.")
        if report.rejected:
            sys.exit(SOME_REJECTED)

    def _stream(self, options: dict[str, Any]) -> DocumentStream:
        if bool(options["path"]) == bool(options["url"]):
            raise CommandError("Give either a path or --url.")
        if options["path"]:
            return open_statistics(options["path"])
        # Read from files, they often end with a line break.
        user_id, token = (options["user_id"] or "").strip(), (options["token"] or "").strip()
        if not user_id or not token:
            raise CommandError(f"Give the user id and the token, best in the variables {USER_ID} and {TOKEN}.")
        if not all(text.isascii() and text.isprintable() for text in (user_id, token)):
            raise CommandError("The user id or the token contains a character that neither can contain: copy them again.")
        headers = {"X-User-Id": user_id, "X-Auth-Token": token, "Accept": "application/json"}
        return ServerPages(Requests(server_address(options["url"]), headers))

    def _write_report(self, report: KeptReport, rejects: RejectsFile) -> None:
        counts = f"{report.new:,} new, {report.known:,} known, {report.rejected:,} rejected"
        self.stdout.write(f"{report.name}: {report.documents:,} documents, {counts}")
        for reason, count in report.reasons.most_common():
            self.stdout.write(f"  rejected {count:,}: {reason}")
        if report.rejected:
            self.stdout.write(f"Rejected documents are listed in {rejects.path}")


def _load(stream: DocumentStream, rejects: RejectsFile) -> KeptReport:
    """Load a stream; what is read from a server begins where the last import of it ended."""
    record = ImportProgress()
    if isinstance(stream, ServerPages):
        record = find_progress(stream.fingerprint())
        stream.last_id = record.notes.get(LAST_ID, "")

    def after_batch(report: KeptReport, number: int) -> None:
        position = stream.position
        bar.update(stream, StreamReport(report.name, report.documents, report.accepted, report.rejected, position=position))
        # The next import reads rejected documents again, and rejects them again.
        if isinstance(stream, ServerPages) and stream.is_sorted and not report.rejected:
            record.lines, record.notes = number, {LAST_ID: stream.last_id}
            record.save()

    with ProgressBar() as bar:
        return load_statistics(stream, rejects, timezone.now(), after_batch, record.lines)
