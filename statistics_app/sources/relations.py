"""What is wrong with the relations between the tables of a source."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q

from .columns import field_at
from .tables import UNCOMPILABLE, MessageTable, RoomTable, through


def relation_faults(messages: MessageTable | None, rooms: RoomTable | None) -> list[str]:
    """Return the faults in the relations of two tables whose own declarations are correct."""
    if messages is None or rooms is None:
        return []
    model, faults = messages.model_class(), []
    if not _leads_to(field_at(model, messages.room), rooms.model_class()):
        faults.append(f"MessageTable({messages.model}).room: '{messages.room}' does not lead to {rooms.model}.")
    root = field_at(model, messages.thread_root) if messages.thread_root else None
    if root is not None and root.related_model and not _leads_to(root, model):
        named, target = messages.thread_root, cast("Any", root.related_model)._meta.label
        faults.append(f"MessageTable({messages.model}).thread_root: '{named}' leads to {target}; a message is needed.")
    return faults or list(_unfit_for_messages(messages, rooms))


def _leads_to(field: Any, model: type[Model]) -> bool:
    """Return whether a field is a relation to a model."""
    return bool(field.related_model and field.related_model._meta.concrete_model is model._meta.concrete_model)


def _unfit_for_messages(messages: MessageTable, rooms: RoomTable) -> Iterator[str]:
    """Yield a fault for every condition on a room that cannot be one on its messages."""
    for meaning, condition in rooms.meanings():
        try:
            if isinstance(condition, Q) and meaning != "where":
                str(messages.model_class()._base_manager.filter(through(messages.room, condition)).query)
        except EmptyResultSet:
            pass
        except UNCOMPILABLE as error:
            yield f"RoomTable({rooms.model}).{meaning}: {error}"
