"""The command `audit_tallies`: audit the running counts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...exceptions import StatisticsError
from ...history.audit import audit_all
from ...sources.loading import chat_source
from ...tallies.audit import Finding, summed_up
from ...tallies.source import tallies_in_use


class Command(BaseCommand):
    """`manage.py audit_tallies`."""

    help = (
        "Compare every running count, and the events of every quarter of an hour, with the rows, without blocking writes; "
        "repair differences, and store what was found."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the audit, and print the differences."""
        now = timezone.now()
        source = chat_source(now)
        if not tallies_in_use(source).definitions:
            raise CommandError("Nothing is counted by triggers here, so there is nothing to audit.")
        try:
            result = audit_all(source, now, self.stdout.write)
        except StatisticsError as error:
            raise CommandError(str(error)) from error
        for name, what in summed_up(Finding(**finding) for finding in result.findings):
            self.stdout.write(f"{name}: {what}.")
        if result.differences > len(result.findings):
            self.stdout.write(f"Of these differences, {len(result.findings)} are stored.")
        repaired = ", all repaired" if result.repaired else ""
        self.stdout.write(f"{result.differences} differences in {result.took_ms / 1000:.1f} s{repaired}.")
