"""The command `statistics_status`: whether the app is ready."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ...monitoring.health import readiness
from ...serialization import to_json


class Command(BaseCommand):
    """`manage.py statistics_status [--json]`."""

    help = "Print whether the app is ready, as /readyz does. The exit status is 1 if it is not."
    # The checks of the project may fail for the same reasons.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the format."""
        parser.add_argument("--json", action="store_true", help="print an object with the problem of each check, or ok")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the checks and print them."""
        checks = readiness(timezone.now())
        if options["json"]:
            self.stdout.write(to_json({check.name: check.problem or "ok" for check in checks}))
        else:
            self.stdout.write("\n".join(f"{check.name}: {check.problem or 'ok'}" for check in checks))
        if any(check.problem for check in checks):
            raise SystemExit(1)
