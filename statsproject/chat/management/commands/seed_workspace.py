"""Fill the chat with a realistic workspace."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ...models import Message
from ...seeding import fill
from ...seeding.plan import Plan, key

FRESH = timedelta(hours=1)


class Command(BaseCommand):
    """`manage.py seed_workspace`."""

    help = "Fill the chat with 300 users, 60 rooms and 100,000 messages over the last two years. Can be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed the workspace, unless that was done within the last hour."""
        now = timezone.now()
        seeded = Message.objects.filter(id__startswith=key("M", 0)[:5])
        if seeded.filter(sent_at__gt=now - FRESH).exists() and Message.objects.filter(pk=key("M", 0)).exists():
            self.stdout.write("The workspace has already been seeded.")
            return
        fill(Plan(now=now), progress=lambda table, rows: self.stdout.write(f"  {rows:>7,} {table}"))
