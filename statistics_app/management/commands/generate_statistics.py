"""Take a snapshot now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ...models.snapshot import Origin
from ...snapshots import generation


class Command(BaseCommand):
    """`manage.py generate_statistics [--json]`."""

    help = "Take a snapshot now, after any that is being taken, and say what it found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the one choice."""
        parser.add_argument("--json", action="store_true", help="write only the document, as the API would give it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it and print it; what is unknown goes to standard error."""
        snapshot = generation.generate(Origin.COMMAND)
        if options["json"]:
            self.stdout.write(snapshot.body)
        else:
            self.stdout.write(f"Snapshot {snapshot.pk}, taken in {snapshot.took_ms} ms.")
            self.stdout.write(f"{snapshot.total_messages} messages, {snapshot.total_users} users.")
        for key, problem in snapshot.problems.items():
            self.stderr.write(f"{key} is unknown: {problem}")
