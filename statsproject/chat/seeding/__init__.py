"""A believable workspace out of nothing: the same people, rooms and proportions every time, ending now."""

from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

from django.db import models, transaction

from . import messages, people, rooms
from .plan import Plan

BATCH = 5_000


def fill(plan: Plan, progress: Callable[[str, int], None] = lambda table, rows: None) -> None:
    """Fill the chat's tables as planned.

    Rows have fixed ids: a second time the same rows move up to the new `now`, and what people added is left alone.
    `progress` is told each table and how many of its rows are written.
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
        # A password that was set meanwhile stays.
        kept = [name for name in columns if name not in {"password", "is_staff", "is_superuser"}]
        model._base_manager.bulk_create(batch, update_conflicts=True, update_fields=kept, unique_fields=["pk"])
        written += len(batch)
        progress(str(model._meta.verbose_name_plural), written)
