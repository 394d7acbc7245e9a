"""Compare the running counts with counting, and repair them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...exceptions import StatisticsError
from ...tallies.audit import audit
from ...tallies.source import tallied_source


class Command(BaseCommand):
    """`manage.py audit_tallies`."""

    help = (
        "Compare every running count with a count of the rows while writes go on, repair what differs, and keep the findings."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit, and print what differed."""
        tallies = tallied_source(timezone.now()).tallies
        if not tallies.definitions:
            raise CommandError("Nothing is counted by triggers here, so there is nothing to audit.")
        try:
            found = audit(tallies, say=self.stdout.write)
        except StatisticsError as error:
            raise CommandError(str(error)) from error
        for finding in found.findings:
            self.stdout.write("{count}, {key}: expected {expected}, found {found}".format(**finding))
        repaired = ", all repaired" if found.repaired else ""
        self.stdout.write(f"{found.differences} differences in {found.took_ms / 1000:.1f} s{repaired}.")
