"""Write snapshots in any format."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from ...exports.formats import FORMATS
from ...models import Snapshot
from ..arguments import moment_argument


class Command(BaseCommand):
    """`manage.py export_statistics [ID] [--format FORMAT] [--since WHEN] [--until WHEN] [--output FILE]`."""

    help = "Write one snapshot, or those of a range, the oldest first, as a stream: to standard output or to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what is wanted, and how."""
        parser.add_argument("id", nargs="?", help="only the snapshot of this id")
        parser.add_argument("--format", choices=FORMATS, default="jsonl")
        parser.add_argument("--since", type=moment_argument, metavar="WHEN")
        parser.add_argument("--until", type=moment_argument, metavar="WHEN")
        parser.add_argument("--output", metavar="FILE", help="by default standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them."""
        chosen: Any = Snapshot.objects.taken_between(options["since"], options["until"]).streamed()
        if options["id"]:
            chosen = Snapshot.objects.filter(pk=options["id"])
            if not chosen.exists():
                raise CommandError(f"There is no snapshot with the id '{options['id']}'.")
        shown = tqdm(chosen, desc="exporting", unit=" snapshots", disable=None if options["output"] else True, file=sys.stderr)
        content = FORMATS[options["format"]].write_snapshots(shown)
        if options["output"]:
            _write_file(options["output"], content)
            return
        for part in content:
            self.stdout.write(part.decode(), ending="")


def _write_file(name: str, content: Iterable[bytes]) -> None:
    try:
        with Path(name).open("wb") as file:
            file.writelines(content)
    except OSError as error:
        raise CommandError(f"'{name}' cannot be written: {error.strerror}.") from error
