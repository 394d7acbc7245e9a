"""The command `rebuild_rollups`: recompute the history."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...history.rebuild import rebuild_rollups
from ...optional import progress_bar
from ...sources.loading import chat_source
from ..arguments import moment_argument


class Command(BaseCommand):
    """`manage.py rebuild_rollups [--since WHEN] [--until WHEN] [--forget-removed]`."""

    help = (
        "Recompute the gauges of the days whose snapshots are all kept, and reconcile the events of the whole period that is "
        "covered with the rows. What is known of rows that were removed is kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the range."""
        parser.add_argument("--since", type=moment_argument, metavar="WHEN")
        parser.add_argument("--until", type=moment_argument, metavar="WHEN")
        parser.add_argument(
            "--forget-removed",
            action="store_true",
            help="keep only events whose rows are there; not together with a range",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Recompute the history, and show the progress."""
        now = timezone.now()
        if options["forget_removed"] and (options["since"] or options["until"]):
            raise CommandError("--forget-removed applies to all of history: omit --since and --until.")
        with progress_bar(desc="rolling up", unit=" days", disable=None) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            rebuilt = rebuild_rollups(
                chat_source(now),
                now,
                options["since"],
                options["until"],
                progress,
                forget_removed=options["forget_removed"],
            )
        self.stdout.write(f"{rebuilt.days} days of snapshots and {rebuilt.windows} windows of events were rolled up again.")
        if rebuilt.removed:
            self.stdout.write(
                f"{rebuilt.removed} messages are known only to the history, since they were removed; they are kept. "
                "--forget-removed would drop them."
            )
