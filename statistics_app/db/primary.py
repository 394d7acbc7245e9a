"""Reading from the database that is written to: a replica that a router names for reading may lag behind."""

from typing import Any

from django.db import router


def on_primary(objects: Any) -> Any:
    """Let a manager or a queryset read where its model is written: for decisions that rest on what was written just now."""
    return objects.using(router.db_for_write(objects.model))
