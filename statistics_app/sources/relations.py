"""What is wrong with the declarations of a source, above all with the relations between its tables."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q
from django.db.models.sql import Query

from .columns import field_at
from .tables import TABLES, UNCOMPILABLE, MessageTable, RoomTable, Table, UserTable, through


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
        *key_faults(source.subscription_table, "user", source.user_table, source.message_table, "author"),
        *lead_faults(source.upload_table, "room", source.room_table),
        *key_faults(source.upload_table, "room", source.room_table, source.message_table, "room"),
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
    if table is not None and path and "__" in path:
        where = f"{type(table).__name__}({table.model}).{meaning}"
        yield f"{where}: '{path}' follows a relation; a column of the table itself is needed."
    else:
        yield from lead_faults(table, meaning, users)


def lead_faults(table: Table | None, meaning: str, target: Table | None) -> Iterator[str]:
    """Yield that a relation of a table does not lead to another declared table."""
    path = getattr(table, meaning, None)
    if table is None or target is None or not path or _leads_to(field_at(table.model_class(), path), target.model_class()):
        return
    yield f"{type(table).__name__}({table.model}).{meaning}: '{path}' does not lead to {target.model}."


def key_faults(
    table: Table | None, meaning: str, target: Table | None, messages: MessageTable | None, of_messages: str
) -> Iterator[str]:
    """Yield that a table refers to accounts or rooms by another column than the messages do: they would be others."""
    path, known_by = getattr(table, meaning, None), getattr(messages, of_messages, None)
    if table is None or target is None or messages is None or not path or not known_by:
        return
    field: Any = field_at(table.model_class(), path)
    needed: Any = field_at(messages.model_class(), known_by)
    both_lead_there = all(_leads_to(one, target.model_class()) for one in (field, needed))
    if both_lead_there and field.target_field != needed.target_field:
        refers = f"'{path}' refers to '{field.target_field.name}' of {target.model}"
        yield f"{type(table).__name__}({table.model}).{meaning}: {refers}, but messages refer to '{needed.target_field.name}'."


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
