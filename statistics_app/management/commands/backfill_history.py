"""The command `backfill_history`: rebuild the history of the time before the first snapshot."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...exceptions import StatisticsError
from ...history.backfill import backfill_history
from ...optional import progress_bar
from ...sources.loading import chat_source
from ..arguments import moment_argument

DAY = 86_400


class Command(BaseCommand):
    """`manage.py backfill_history [--since WHEN] [--until WHEN]`."""

    help = (
        "Count the events before the first snapshot by the timestamps in the chat's rows. Rows deleted since then are missing. "
        "A run that was interrupted resumes where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the range."""
        parser.add_argument(
            "--since", type=moment_argument, metavar="WHEN", help="ignore earlier events; totals are then not rebuilt"
        )
        parser.add_argument(
            "--until",
            type=moment_argument,
            metavar="WHEN",
            help="end of the range; it must not leave a gap before later events",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild the history, and show the progress."""
        now = timezone.now()
        with progress_bar(desc="rebuilding", unit=" days", disable=None) as bar:

            def progress(done: float, total: float) -> None:
                bar.total = round(total / DAY)
                bar.update(round(done / DAY) - bar.n)

            try:
                source = chat_source(now)
                windows = backfill_history(source, now, options["since"], progress, options["until"])
            except StatisticsError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{windows} windows of time were rebuilt." if windows else "There is nothing left to rebuild.")
        for untimed in source.untimed_rows():
            self.stdout.write(f"{untimed}: they are counted, but are in no chart.")
