"""The command `rebuild_rollups`: recompute the history."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from ...history.rebuild import rebuild_rollups
from ...sources.loading import chat_source
from ..arguments import moment_argument


class Command(BaseCommand):
    """`manage.py rebuild_rollups [--since WHEN] [--until WHEN]`."""

    help = "Recompute the gauges of the days whose snapshots are all kept, and the events of the whole period that is covered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the range."""
        parser.add_argument("--since", type=moment_argument, metavar="WHEN")
        parser.add_argument("--until", type=moment_argument, metavar="WHEN")

    def handle(self, *args: Any, **options: Any) -> None:
        """Recompute the history, and show the progress."""
        now = timezone.now()
        with tqdm(desc="rolling up", unit=" days", disable=None) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            rebuilt = rebuild_rollups(chat_source(now), now, options["since"], options["until"], progress)
        self.stdout.write(f"{rebuilt.days} days of snapshots and {rebuilt.windows} windows of events were rolled up again.")
