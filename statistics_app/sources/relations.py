"""What is wrong with the declarations of a source, above all with the relations between its tables."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q
from django.db.models.sql import Query

from .columns import field_at
from .pairs import Pair
from .tables import TABLES, UNCOMPILABLE, MessageTable, RoomTable, Table, UserTable, declared_tables, through


def declaration_faults(source: Any) -> list[str]:
    """Return the faults of a source's declarations; those of the relations only if each declaration by itself is correct."""
    declared = [table for name in TABLES for table in declared_tables(source, name)]
    return [
        *_wrong_tables(source),
        *(fault for table in declared if isinstance(table, Table) for fault in table.faults()),
    ] or list(_faults_between(source))


def _wrong_tables(source: Any) -> Iterator[str]:
    for name, required in TABLES.items():
        for table in declared_tables(source, name):
            if not isinstance(table, required):
                yield f"{name}: {table!r} is declared, but a {required.__name__} is required."


def _faults_between(source: Any) -> Iterator[str]:
    """Yield the faults in the relations of tables whose own declarations are correct."""
    users, rooms, messages = source.user_table, declared_tables(source, "room_table"), declared_tables(source, "message_table")
    for number, table in enumerate(messages):
        yield from relation_faults(table, rooms, messages)
        yield from account_faults(table, "author", users)
        yield from _other_keys(table, "author", [users], messages[:number], "author")
        yield from _other_keys(table, "room", rooms, messages[:number], "room")
        yield from _pair_faults(table, users, messages[:number])
    for table in declared_tables(source, "subscription_table"):
        yield from account_faults(table, "user", users)
        yield from _other_keys(table, "user", [users], messages, "author")
    for table in declared_tables(source, "upload_table"):
        yield from lead_faults(table, "room", rooms)
        yield from _other_keys(table, "room", rooms, messages, "room")


def _other_keys(
    table: Table, meaning: str, targets: Iterable[Table | None], messages: Iterable[MessageTable], of_messages: str
) -> Iterator[str]:
    """Yield that a table refers to accounts or rooms by another column than messages do, once for each that differs."""
    found = (key_faults(table, meaning, target, one, of_messages) for target in targets for one in messages)
    yield from dict.fromkeys(chain.from_iterable(found))


def relation_faults(messages: MessageTable, rooms: Sequence[RoomTable], all_messages: Sequence[MessageTable]) -> list[str]:
    """Return the faults in the relations of a message table to rooms and to messages, all of them correct by themselves."""
    is_pair = isinstance(messages.room, Pair)
    if not rooms and not is_pair:
        return []
    model, faults = messages.model_class(), []
    with_them = [] if is_pair else [one for one in rooms if leads_to(field_at(model, str(messages.room)), one.model_class())]
    if not with_them and not is_pair:
        faults.append(f"MessageTable({messages.model}).room: '{messages.room}' does not lead to {_any_of(rooms)}.")
    root = field_at(model, messages.thread_root) if messages.thread_root else None
    if root is not None and root.related_model and not any(leads_to(root, one.model_class()) for one in all_messages):
        named, target = messages.thread_root, cast("Any", root.related_model)._meta.label
        faults.append(f"MessageTable({messages.model}).thread_root: '{named}' leads to {target}; a message is needed.")
    return faults or [fault for one in with_them for fault in _unfit_for_messages(messages, one)]


def account_faults(table: Table, meaning: str, users: UserTable | None) -> Iterator[str]:
    """Yield what is wrong with the column of a table that names an account: triggers can only note one of the table itself."""
    path = getattr(table, meaning)
    if path and "__" in path:
        where = f"{type(table).__name__}({table.model}).{meaning}"
        yield f"{where}: '{path}' follows a relation; a column of the table itself is needed."
    else:
        yield from lead_faults(table, meaning, [users] if users else [])


def _pair_faults(table: MessageTable, users: UserTable | None, others: Sequence[MessageTable]) -> Iterator[str]:
    """Yield that the columns of a pair refer to other tables or columns than accounts, than each other or than other pairs."""
    if not isinstance(table.room, Pair):
        return
    where, model = f"MessageTable({table.model}).room", table.model_class()
    first, second = (cast("Any", field_at(model, column)) for column in table.room.columns)
    refers = f"'{table.room.first}' refers to {first.target_field}"
    if users and not leads_to(first, users.model_class()):
        yield f"{where}: '{table.room.first}' does not lead to {users.model}."
    if first.target_field != second.target_field:
        yield f"{where}: {refers}, but '{table.room.second}' to {second.target_field}."
    for other in others:
        if isinstance(other.room, Pair):
            known: Any = field_at(other.model_class(), other.room.first)
            if known.target_field != first.target_field:
                yield f"{where}: {refers}, but the pairs of {other.model} to {known.target_field}."


def lead_faults(table: Table, meaning: str, targets: Sequence[Table]) -> Iterator[str]:
    """Yield that a relation of a table leads to none of the tables that are declared for it."""
    path = getattr(table, meaning)
    if path and targets and not any(leads_to(field_at(table.model_class(), path), one.model_class()) for one in targets):
        yield f"{type(table).__name__}({table.model}).{meaning}: '{path}' does not lead to {_any_of(targets)}."


def _any_of(tables: Sequence[Table]) -> str:
    return " or ".join(table.model for table in tables)


def key_faults(
    table: Table | None, meaning: str, target: Table | None, messages: MessageTable | None, of_messages: str
) -> Iterator[str]:
    """Yield that a table refers to accounts or rooms by another column than the messages do: they would be others."""
    path, known_by = getattr(table, meaning, None), getattr(messages, of_messages, None)
    if table is None or target is None or messages is None or not isinstance(path, str) or not isinstance(known_by, str):
        return
    field: Any = field_at(table.model_class(), path)
    needed: Any = field_at(messages.model_class(), known_by)
    both_lead_there = all(leads_to(one, target.model_class()) for one in (field, needed))
    if both_lead_there and field.target_field != needed.target_field:
        refers = f"'{path}' refers to '{field.target_field.name}' of {target.model}"
        yield f"{type(table).__name__}({table.model}).{meaning}: {refers}, but messages refer to '{needed.target_field.name}'."


def leads_to(field: Any, model: type[Model]) -> bool:
    """Return whether a field is a relation to a model."""
    return bool(field.related_model and field.related_model._meta.concrete_model is model._meta.concrete_model)


def room_may_be_missing(model: type[Model], room: str) -> bool:
    """Return whether a message may have no room, or one that does not exist."""
    path = Query(model).names_to_path(room.split("__"), model._meta)[0]
    return any(step.join_field.null or not getattr(step.join_field, "db_constraint", True) for step in path)


def _unfit_for_messages(messages: MessageTable, rooms: RoomTable) -> Iterator[str]:
    """Yield a fault for every condition on a room that cannot be one on its messages."""
    for meaning, condition in rooms.meanings():
        try:
            if isinstance(condition, Q) and meaning != "where":
                str(messages.model_class()._base_manager.filter(through(str(messages.room), condition)).query)
        except EmptyResultSet:
            pass
        except UNCOMPILABLE as error:
            yield f"RoomTable({rooms.model}).{meaning}: {error}"
