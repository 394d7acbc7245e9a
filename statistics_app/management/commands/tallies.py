"""The command `tallies`: install or remove the running counts, or print their status."""

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

    help = "Install the triggers that maintain running counts, remove them with all their data, or print their status."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the action, and the time limit for locks."""
        parser.add_argument("action", choices=("install", "uninstall", "status"))
        parser.add_argument(
            "--patience",
            type=float,
            default=60,
            metavar="SECONDS",
            help="how long to retry while a table is in use; each attempt blocks the chat for at most half a second",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Perform the action."""
        tallies = tallied_source(timezone.now()).tallies
        installer = Installer(tallies, report=self.stdout.write, patience=options["patience"])
        try:
            if options["action"] == "install":
                self.stdout.write(f"{installer.install()} counts created.")
            elif options["action"] == "uninstall":
                installer.uninstall()
                self.stdout.write("The running counts were removed.")
        except StatisticsError as error:
            raise CommandError(str(error)) from error
        if options["action"] != "uninstall":
            self.stdout.write("\n".join(status_lines(tallies)))
