"""Write snapshots in any format."""

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ...exports.formats import FORMATS
from ...exports.ranges import in_range
from ...models import Snapshot
from ..times import a_time


class Command(BaseCommand):
    """`manage.py export_statistics [ID] [--format FORMAT] [--since WHEN] [--until WHEN] [--output FILE]`."""

    help = "Write one snapshot, or those of a range, the oldest first, as a stream: to standard output or to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what is wanted, and how."""
        parser.add_argument("id", nargs="?", help="only the snapshot of this id")
        parser.add_argument("--format", choices=FORMATS, default="jsonl")
        parser.add_argument("--since", type=a_time, metavar="WHEN")
        parser.add_argument("--until", type=a_time, metavar="WHEN")
        parser.add_argument("--output", metavar="FILE", help="by default standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them."""
        chosen: Any = in_range(options["since"], options["until"])
        if options["id"]:
            chosen = Snapshot.objects.filter(pk=options["id"])
            if not chosen.exists():
                raise CommandError(f"There is no snapshot with the id '{options['id']}'.")
        shown = tqdm(chosen, desc="exporting", unit=" snapshots", disable=None if options["output"] else True, file=sys.stderr)
        try:
            opened: Any = open(options["output"], "w", newline="") if options["output"] else nullcontext(self.stdout)  # noqa: PTH123,SIM115 - closed below
        except OSError as error:
            raise CommandError(f"'{options['output']}' cannot be written: {error.strerror}.") from error
        with opened as out:
            for part in FORMATS[options["format"]].write(shown):
                out.write(part, **({} if options["output"] else {"ending": ""}))
