"""Remove old snapshots."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ...snapshots import retention


class Command(BaseCommand):
    """`manage.py prune_statistics`."""

    help = "Remove snapshots older than KEEP_SNAPSHOTS_DAYS, but for the last of each day; charts go on knowing them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        pruned = retention.prune_statistics(timezone.now())
        if pruned is None:
            self.stdout.write("Another process is at it; nothing was done.")
        else:
            self.stdout.write(f"Of the snapshots from before {pruned.before:%Y-%m-%d %H:%M} UTC {pruned.removed} were removed.")
            self.stdout.write(f"{pruned.kept} of them are kept, one a day.")
