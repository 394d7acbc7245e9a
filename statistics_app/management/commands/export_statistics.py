"""The command `export_statistics`: export snapshots in any format."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...exports.formats import FORMATS
from ...models import Snapshot
from ...optional import progress_bar
from ..arguments import moment_argument


class Command(BaseCommand):
    """`manage.py export_statistics [ID] [--format FORMAT] [--since WHEN] [--until WHEN] [--output FILE]`."""

    help = "Write one snapshot, or those of a range with the oldest first, to standard output or to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments for selection, format and output."""
        parser.add_argument("id", nargs="?", help="export only the snapshot with this id")
        parser.add_argument("--format", choices=FORMATS, default="jsonl")
        parser.add_argument("--since", type=moment_argument, metavar="WHEN")
        parser.add_argument("--until", type=moment_argument, metavar="WHEN")
        parser.add_argument("--output", metavar="FILE", help="default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Stream the selected snapshots to the output."""
        snapshots: Any = Snapshot.objects.taken_between(options["since"], options["until"]).streamed()
        if options["id"]:
            snapshots = Snapshot.objects.filter(pk=options["id"])
            if not snapshots.exists():
                raise CommandError(f"There is no snapshot with the id '{options['id']}'.")
        disable = None if options["output"] else True
        bar = progress_bar(snapshots, desc="exporting", unit=" snapshots", disable=disable, file=sys.stderr)
        content = FORMATS[options["format"]].write_snapshots(bar)
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
