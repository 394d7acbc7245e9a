"""Rebuild the history of the time before the first snapshot."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from ...exceptions import StatisticsError
from ...history.backfill import backfill_history
from ...sources.loading import chat_source
from ..arguments import moment_argument

DAY = 86_400


class Command(BaseCommand):
    """`manage.py backfill_history [--since WHEN] [--until WHEN]`."""

    help = (
        "Count what happened before the first snapshot, by the times that the chat's rows bear. What was deleted since is not "
        "in it. A run that was interrupted goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the range."""
        parser.add_argument(
            "--since", type=moment_argument, metavar="WHEN", help="leave out what is older; then totals are not rebuilt"
        )
        parser.add_argument(
            "--until", type=moment_argument, metavar="WHEN", help="up to when it is wanted; it may leave no hole"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how far it is."""
        now = timezone.now()
        with tqdm(desc="rebuilding", unit=" days", disable=None) as bar:

            def progress(done: float, whole: float) -> None:
                bar.total = round(whole / DAY)
                bar.update(round(done / DAY) - bar.n)

            try:
                windows = backfill_history(chat_source(now), now, options["since"], progress, options["until"])
            except StatisticsError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{windows} windows of time were rebuilt." if windows else "All that can be rebuilt already is.")
