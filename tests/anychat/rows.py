"""Random rows of the chat, and random writes: through the ORM, and by plain SQL of another client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from sqlite3 import connect
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from .models import MODELS, Hall, Message, Person, Room, Team, Upload
from .values import is_written, values_of

Run = Callable[[str, list[Any]], None]
ROLE = "anychat_application"
_WRITTEN = (Person, Room, Room, Message, Message, Message, Upload, Team)
_KEYS: dict[type[Model], list[Any]] = {
    Team: [1, 2],
    Person: ["a", "b", "c"],
    Room: ["a", "b", "c", "d", "e"],
    Hall: ["d", "e"],
    Message: [1, 2, 3, 4, 5, 6],
    Upload: values_of(Upload._meta.pk),
}


def create_tables() -> None:
    """Create the tables, with the role of another client."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            with suppress(DatabaseError):
                cursor.execute(f"CREATE ROLE {ROLE}")
            for table in _tables():
                cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON {table} TO {ROLE}")


def drop_tables() -> None:
    """Drop the tables."""
    with connection.schema_editor() as editor:
        for model in reversed(MODELS):
            editor.delete_model(model)


def fill(random: Random) -> None:
    """Replace all rows."""
    with transaction.atomic():
        for model in reversed(MODELS):
            model._base_manager.all()._raw_delete(connection.alias)  # type: ignore[attr-defined]
        Room.members.through._base_manager.all().delete()
        for model in (Team, Person, Room, Message, Upload):
            keys = _KEYS[model][: 4 if model in {Room, Message} else None]
            model._base_manager.bulk_create(model(pk=key, **_row(model, random)) for key in keys)
        Hall.objects.create(id="e", **_row(Hall, random))
        Room.members.through._base_manager.create(room_id="a", person_id="a")


def write(random: Random) -> Callable[[], None]:
    """Return a random write, which can be repeated."""
    model = random.choice(_WRITTEN)
    key, other = random.choice(_KEYS[model]), random.choice(_KEYS[model])
    row, few = _row(model, random), _row(model, random, few=True)
    manager, choice = model._base_manager, random.random()
    return random.choice(
        [
            lambda: manager.filter(pk__in=[key, other]).update(**few),
            lambda: manager.all().update(**few),
            lambda: manager.update_or_create(pk=key, defaults=row),
            lambda: manager.filter(pk=key).delete(),
            lambda: _rolled_back(lambda: manager.all().delete()),
            *[lambda: _plain(_statements(model, key, row, few, choice))] * 5,
        ]
    )


def _rolled_back(operation: Callable[[], Any]) -> None:
    with transaction.atomic():
        operation()
        transaction.set_rollback(True)


def _row(model: type[Model], random: Random, *, few: bool = False) -> dict[str, Any]:
    fields = [field for field in model._meta.concrete_fields if is_written(field)]
    fields = random.sample(fields, 3) if few else fields
    return {field.attname: _value(field, random) for field in fields if not _is_link(field)}


def _value(field: Any, random: Random) -> Any:
    if field.null and random.random() < 0.3:
        return None
    if field.name == "code":  # unique
        return f"{random.getrandbits(40):x}"
    if field.name == "coded":
        return random.choice([None, *Room._base_manager.order_by("pk").values_list("code", flat=True)])
    if field.related_model:
        keys = _KEYS[Hall][1:] if field.related_model is Hall else _KEYS[field.related_model]
        return random.choice(keys[:4] if field.db_constraint else keys)
    return random.choice(values_of(field))


def _is_link(field: Any) -> bool:
    return bool(getattr(field.remote_field, "parent_link", False))


def _statements(model: type[Model], key: Any, row: dict[str, Any], few: dict[str, Any], choice: float) -> list[Any]:
    """Return a statement of plain SQL with its parameters."""
    quote = connection.ops.quote_name
    fields = {field.attname: field for field in model._meta.concrete_fields}
    columns = {name: quote(field.column) for name, field in fields.items()}
    prepared = {name: fields[name].get_db_prep_save(value, connection) for name, value in {**row, **few}.items()}
    table, pk = quote(model._meta.db_table), fields[model._meta.pk.attname]
    where, at = f"WHERE {quote(pk.column)} = %s", [pk.get_db_prep_save(key, connection)]
    if choice < 0.4:
        assigned = ", ".join(f"{columns[name]} = %s" for name in few)
        return [
            f"UPDATE {table} SET {assigned} {where if choice < 0.2 else ''}",
            [prepared[name] for name in few] + (at if choice < 0.2 else []),
        ]
    if choice < 0.8:
        names = [pk.attname, *row]
        values = [*at, *(prepared[name] for name in row)]
        assigned = ", ".join(f"{columns[name]} = excluded.{columns[name]}" for name in few)
        return [
            (
                f"INSERT INTO {table} ({', '.join(columns[name] for name in names)}) VALUES ({', '.join(['%s'] * len(names))}) "
                f"ON CONFLICT ({quote(pk.column)}) DO UPDATE SET {assigned}"
            ),
            values,
        ]
    if model in {Message, Upload}:
        emptied = f"TRUNCATE {table}" if connection.vendor == "postgresql" else f"DELETE FROM {table}"
        return [emptied, []] if choice > 0.95 else [f"DELETE FROM {table} {where}", at]
    return [f"DELETE FROM {table} {where}", at]


def _plain(statement: list[Any]) -> None:
    with _client() as run:
        run(*statement)


@contextmanager
def _client() -> Iterator[Run]:
    """Be another client: a plain connection to SQLite's file, or a role that has no right on the app's tables."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
            yield cursor.execute
        return
    plain = connect(connection.settings_dict["NAME"], timeout=20)
    try:
        plain.execute("PRAGMA foreign_keys = ON")
        with plain:
            yield lambda sql, parameters: plain.execute(sql.replace("%s", "?"), parameters) and None
    finally:
        plain.close()


def _tables() -> list[str]:
    names = [model._meta.db_table for model in (*MODELS, Room.members.through)]
    return [connection.ops.quote_name(name) for name in names]
