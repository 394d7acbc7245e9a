"""What is wrong with the declarations of a source, above all with the relations between its tables."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q
from django.db.models.sql import Query

from .columns import field_at
from .tables import TABLES, UNCOMPILABLE, MessageTable, RoomTable, Table, UploadTable, UserTable, through


def declaration_faults(source: Any) -> list[str]:
    """Return the faults of a source's declarations; those of the relations only if each declaration by itself is correct."""
    declared = [getattr(source, name) for name in TABLES]
    return [
        *_wrong_tables(source),
        *(fault for table in declared if isinstance(table, Table) for fault in table.faults()),
    ] or [
        *relation_faults(source.message_table, source.room_table),
        *account_faults(source.message_table, "author", source.user_table),
        *account_faults(source.subscription_table, "user", source.user_table),
        *file_faults(source.upload_table, source.room_table, source.message_table),
    ]


def _wrong_tables(source: Any) -> Iterator[str]:
    for name, required in TABLES.items():
        declared = getattr(source, name)
        if declared is not None and not isinstance(declared, required):
            yield f"{name}: {declared!r} is declared, but a {required.__name__} is required."


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


def account_faults(table: Table | None, meaning: str, users: UserTable | None) -> Iterator[str]:
    """Yield what is wrong with the column of a table that names an account: triggers can only note one of the table itself."""
    path = getattr(table, meaning, None)
    if table is None or not path:
        return
    where = f"{type(table).__name__}({table.model}).{meaning}"
    if "__" in path:
        yield f"{where}: '{path}' follows a relation; a column of the table itself is needed."
    elif users is not None and not _leads_to(field_at(table.model_class(), path), users.model_class()):
        yield f"{where}: '{path}' does not lead to {users.model}."


def file_faults(uploads: UploadTable | None, rooms: RoomTable | None, messages: MessageTable | None) -> Iterator[str]:
    """Yield what is wrong with the room of files: it must be known by the same column as that of messages."""
    if uploads is None or rooms is None or not uploads.room:
        return
    room: Any = field_at(uploads.model_class(), uploads.room)
    where = f"UploadTable({uploads.model}).room: '{uploads.room}'"
    if not _leads_to(room, rooms.model_class()):
        yield f"{where} does not lead to {rooms.model}."
    elif messages is not None:
        of_messages: Any = field_at(messages.model_class(), messages.room)
        if _leads_to(of_messages, rooms.model_class()) and room.target_field != of_messages.target_field:
            needed = of_messages.target_field.name
            yield f"{where} refers to '{room.target_field.name}' of {rooms.model}, but messages refer to '{needed}'."


def room_may_be_missing(messages: MessageTable) -> bool:
    """Return whether a message may have no room, or one that does not exist."""
    path = Query(messages.model_class()).names_to_path(messages.room.split("__"), messages.model_class()._meta)[0]
    return any(step.join_field.null or not getattr(step.join_field, "db_constraint", True) for step in path)


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
