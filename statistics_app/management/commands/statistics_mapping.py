"""`manage.py statistics_mapping`: print a source for the project's models, as far as it can be guessed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...sources.guesses.module import mapping_module


class Command(BaseCommand):
    """Print a module with a mapping of the project's models."""

    help = "Print a source that maps the project's models, with comments on what was guessed and what could not be."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the apps."""
        parser.add_argument("apps", nargs="*", metavar="APP", help="labels of the apps with the chat's models; default: all")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the module."""
        try:
            self.stdout.write(mapping_module(options["apps"]), ending="")
        except LookupError as error:
            raise CommandError(str(error)) from error
