"""Install, remove or look at the running counts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...exceptions import StatisticsError
from ...tallies.installer import Installer
from ...tallies.source import tallied_source
from ...tallies.status import status_lines


class Command(BaseCommand):
    """`manage.py tallies install|uninstall|status`."""

    help = "Install the triggers that keep running counts, remove them with all that belongs to them, or say how they stand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the deed, and how long to try."""
        parser.add_argument("deed", choices=("install", "uninstall", "status"))
        parser.add_argument(
            "--patience",
            type=float,
            default=60,
            metavar="SECONDS",
            help="how long to go on trying for a table that is in use; no try makes the chat wait longer than half a second",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        tallies = tallied_source(timezone.now()).tallies
        installer = Installer(tallies, say=self.stdout.write, patience=options["patience"])
        try:
            if options["deed"] == "install":
                self.stdout.write(f"{installer.install()} counts made.")
            elif options["deed"] == "uninstall":
                installer.uninstall()
                self.stdout.write("Nothing of the running counts is left.")
        except StatisticsError as error:
            raise CommandError(str(error)) from error
        if options["deed"] != "uninstall":
            self.stdout.write("\n".join(status_lines(tallies)))
