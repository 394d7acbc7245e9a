"""The command `generate_statistics`: take a snapshot."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...exceptions import StatisticsError
from ...models.snapshot import Origin
from ...snapshots import generation


class Command(BaseCommand):
    """`manage.py generate_statistics [--json]`."""

    help = "Take a snapshot, after any that is already being taken, and print a summary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option for the output's format."""
        parser.add_argument("--json", action="store_true", help="print only the document, as the API returns it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take a snapshot and print it; the reasons for unknown values are written to standard error."""
        try:
            snapshot = generation.generate(Origin.COMMAND)
        except StatisticsError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(snapshot.body)
        else:
            self.stdout.write(f"Snapshot {snapshot.pk}, taken in {snapshot.took_ms} ms.")
            self.stdout.write(f"{snapshot.total_messages} messages, {snapshot.total_users} users.")
        for key, problem in snapshot.problems.items():
            self.stderr.write(f"{key} is unknown: {problem}")
