"""Rooms that have no table: each two accounts between whom there are messages have one."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, Q, TextField

# What the keys of these rooms begin with, so that no key of a room table is the same.
PREFIX = "pair:"
# The collation by which the texts of two keys are compared as they are.
_BINARY = {"postgresql": '"C"', "sqlite": "BINARY", "mysql": "utf8mb4_bin"}
# How a slash in the text of a key is written, since a slash separates the two.
_ESCAPES = (("~", "~0"), ("/", "~1"))


@dataclass(frozen=True, slots=True)
class Pair:
    """The two columns that name the accounts between whom a message is; each two of them have a direct room of their own.

    It does not matter who of the two wrote the message. A message that names one account twice is in a room of its own, one
    that lacks an account in none.
    """

    first: str
    second: str

    @property
    def columns(self) -> tuple[str, str]:
        """Both columns."""
        return self.first, self.second

    @property
    def key(self) -> "PairKey":
        """The expression for the key of a message's room."""
        return PairKey(F(self.first), F(self.second))

    @property
    def named(self) -> Q:
        """The condition that a message names both accounts."""
        return Q(**{f"{column}__isnull": False for column in self.columns})

    def among(self, keys: Collection[str], key_field: Any) -> Q:
        """Return the condition of messages between any accounts of some rooms; `key_field` is the column of their keys."""
        texts = {part for key in keys for part in key.split("/")}
        accounts = [key_field.to_python(_unescaped(text)) for text in texts]
        return Q(**{f"{column}__in": accounts for column in self.columns})


class PairKey(Func):
    """The key of the room of two accounts: the texts of their keys, the lesser one first, with a slash in between."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Join the two with an operator."""
        return self._ordered(compiler, connection, "{} || '/' || {}")

    as_sqlite = as_postgresql

    def as_mysql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Join the two with a function, since `||` is a logical operator."""
        return self._ordered(compiler, connection, "concat({}, '/', {})")

    def _ordered(self, compiler: Any, connection: Any, joined: str) -> tuple[str, tuple[()]]:
        """Compare the texts byte by byte, so that both directions have the same key."""
        first, second = (_text(column, compiler, connection) for column in self.source_expressions)
        collation = _BINARY[connection.vendor]
        is_first = f"{first} COLLATE {collation} <= {second} COLLATE {collation}"
        return f"CASE WHEN {is_first} THEN {joined.format(first, second)} ELSE {joined.format(second, first)} END", ()


def _text(column: Any, compiler: Any, connection: Any) -> str:
    sql, _ = compiler.compile(column)
    text = f"CAST({sql} AS {'char' if connection.vendor == 'mysql' else 'text'})"
    if isinstance(column.output_field, (CharField, TextField)):
        for character, written in _ESCAPES:
            text = f"replace({text}, '{character}', '{written}')"
    return text


def _unescaped(text: str) -> str:
    for character, written in reversed(_ESCAPES):
        text = text.replace(written, character)
    return text
