"""The command `roll_up_history`: add new data to the history."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ...history.event_rollup import roll_up_events
from ...history.gauge_rollup import roll_up_gauges
from ...sources.loading import chat_source


class Command(BaseCommand):
    """`manage.py roll_up_history`."""

    help = "Roll up the gauges and events that are not in the history yet; beat does this every five minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Roll up, and print how much was rolled up."""
        snapshots = roll_up_gauges()
        now = timezone.now()
        windows = roll_up_events(chat_source(now), now)
        self.stdout.write(f"{snapshots} snapshots and {windows} windows of events were rolled up.")
