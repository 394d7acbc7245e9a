"""The command `prune_statistics`: remove old snapshots."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ...snapshots import retention


class Command(BaseCommand):
    """`manage.py prune_statistics`."""

    help = "Remove snapshots older than KEEP_SNAPSHOTS_DAYS except the last of each day; their values stay in the charts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove the snapshots, and print how many were removed and kept."""
        pruned = retention.prune_statistics(timezone.now())
        if pruned is None:
            self.stdout.write("Another process is already removing snapshots; nothing was done.")
        else:
            self.stdout.write(f"{pruned.removed} snapshots from before {pruned.before:%Y-%m-%d %H:%M} UTC were removed.")
            self.stdout.write(f"{pruned.kept} older snapshots are kept, one per day.")
