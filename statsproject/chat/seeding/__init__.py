"""Generate a realistic workspace: the same users, rooms and proportions every time, with messages up to now."""

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from django.db import models, transaction

from . import messages, people, rooms
from .plan import Plan

BATCH = 5_000


def fill(plan: Plan, progress: Callable[[str, int], None] = lambda table, rows: None) -> None:
    """Fill the chat's tables according to a plan.

    Rows have fixed ids: seeding again moves the same rows up to the new `now`, and does not change rows that users added.
    `progress` is called with the name of a table and the number of its rows written so far.
    """
    with transaction.atomic():
        for rows in (
            people.users(plan, Random("users")),
            rooms.teams(),
            rooms.rooms(plan, Random("rooms")),
            rooms.subscriptions(plan, Random("subscriptions")),
            messages.messages(plan, Random("messages")),
            messages.uploads(plan, Random("uploads")),
        ):
            _write(rows, progress)


def _write(rows: Iterator[models.Model], progress: Callable[[str, int], None]) -> None:
    written = 0
    while batch := list(islice(rows, BATCH)):
        model = type(batch[0])
        columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        # Passwords and rights that were changed since the last seeding are not overwritten.
        updated = [name for name in columns if name not in {"password", "is_staff", "is_superuser"}]
        model._base_manager.bulk_create(batch, update_conflicts=True, update_fields=updated, unique_fields=["pk"])
        written += len(batch)
        progress(str(model._meta.verbose_name_plural), written)
