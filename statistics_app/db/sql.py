"""What databases write in different ways; MariaDB and MySQL have the vendor `mysql`."""

import re
from collections.abc import Iterable, Mapping, Sequence

from django.db import connections

POSTGRESQL, SQLITE, MYSQL = "postgresql", "sqlite", "mysql"
# The types of columns of rows that are given as JSON, in a CAST of SQLite, which needs none but for comparisons with an index.
INTEGER, TEXT, TIME = "integer", "text", "time"
_MYSQL_TYPES = {INTEGER: "BIGINT", TEXT: "LONGTEXT", TIME: "DATETIME(6)"}
_KEY = re.compile(r"(?<![`\w])key(?![`\w])")


def named(statement: str, vendor: str) -> str:
    """Return a statement in which the column `key` is quoted where that is a reserved word."""
    return _KEY.sub("`key`", statement) if vendor == MYSQL else statement


def replacing(vendor: str, key: Sequence[str], columns: Iterable[str]) -> str:
    """Return the end of an INSERT that replaces columns of the rows whose key is there already."""
    if vendor == MYSQL:
        return f"ON DUPLICATE KEY UPDATE {', '.join(f'{column} = VALUES({column})' for column in columns)}"
    replaced = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {replaced}"


def json_rows(vendor: str, columns: Mapping[str, str]) -> str:
    """Return a SELECT of the rows in a parameter, a JSON array of arrays; it has no such form for PostgreSQL."""
    if vendor == MYSQL:
        described = (f"{name} {_MYSQL_TYPES[type_]} PATH '$[{n}]'" for n, (name, type_) in enumerate(columns.items()))
        return f"SELECT {', '.join(columns)} FROM JSON_TABLE(%s, '$[*]' COLUMNS ({', '.join(described)})) json WHERE true"
    parts = {name: f"json_extract(value, '$[{n}]')" for n, name in enumerate(columns)}
    # Without a type, SQLite would not use an index to compare an integer with columns.
    typed = (f"CAST({part} AS integer)" if columns[name] is INTEGER else part for name, part in parts.items())
    selected = ", ".join(f"{part} AS {name}" for name, part in zip(columns, typed, strict=True))
    return f"SELECT {selected} FROM json_each(%s) WHERE true"


def as_integer(expression: str, vendor: str) -> str:
    """Return an expression as an integer of 64 bits."""
    return f"CAST({expression} AS {'SIGNED' if vendor == MYSQL else 'bigint'})"


def divided(expression: str, divisor: int, vendor: str) -> str:
    """Return the whole part of an integer that is divided by another."""
    return f"{expression} {'DIV' if vendor == MYSQL else '/'} {divisor}"


def seconds_since_1970(expression: str) -> str:
    """Return the whole seconds of a time of MariaDB or MySQL, which Django stores in UTC without an offset."""
    return f"TIMESTAMPDIFF(SECOND, TIMESTAMP('1970-01-01 00:00:00'), {expression})"


def conflict_target(using: str, fields: Sequence[str]) -> Sequence[str] | None:
    """Return the unique fields for `bulk_create(update_conflicts=True)`, if the database takes any."""
    return fields if connections[using].features.supports_update_conflicts_with_target else None
