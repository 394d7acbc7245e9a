"""Whether a value depends on its row alone, so that a trigger on the table sees every change of it.

Only what is known to be so is accepted. `Now()` changes without a write; a time as text depends on the session's time zone; a
division may fail, and with it the host's write; of a function of the host's own nobody knows. Such rows are counted live.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, CharField, F, Model, TextField, Value, When, functions, lookups
from django.db.models.expressions import Col, ExpressionWrapper, NegatedExpression, Ref, Star
from django.db.models.fields import related_lookups
from django.db.models.sql.where import NothingNode, WhereNode

from ..sources.pairs import PairKey
from ..sources.quarters import QuarterNumber

_NODES = (
    WhereNode,
    NothingNode,
    Col,
    F,
    Ref,
    Star,
    Value,
    Case,
    When,
    ExpressionWrapper,
    NegatedExpression,
    QuarterNumber,
    PairKey,
)
_FUNCTIONS = (functions.Coalesce, functions.NullIf)
_TEXT_FUNCTIONS = (functions.Lower, functions.Upper, functions.Length, functions.Trim)
_COMPARISONS = (
    *(lookups.Exact, lookups.GreaterThan, lookups.GreaterThanOrEqual, lookups.LessThan, lookups.LessThanOrEqual),
    *(lookups.IntegerGreaterThan, lookups.IntegerGreaterThanOrEqual, lookups.IntegerLessThan, lookups.IntegerLessThanOrEqual),
    *(lookups.IntegerFieldExact, lookups.In, lookups.Range, lookups.IsNull),
    *(related_lookups.RelatedExact, related_lookups.RelatedIn, related_lookups.RelatedIsNull),
    *(related_lookups.RelatedGreaterThan, related_lookups.RelatedGreaterThanOrEqual),
    *(related_lookups.RelatedLessThan, related_lookups.RelatedLessThanOrEqual),
)
_PATTERNS = (
    *(lookups.IExact, lookups.Contains, lookups.IContains, lookups.StartsWith, lookups.IStartsWith),
    *(lookups.EndsWith, lookups.IEndsWith),
)


def unfit_part(expressions: Iterable[Any]) -> str:
    """Name the first part of some expressions that may not depend on the row alone; empty where all do."""
    return next((name for expression in expressions for node in _nodes(expression) if (name := _unfit(node))), "")


def missing_function(model: type[Model], select: str, connection: BaseDatabaseWrapper) -> str:
    """Say which function of a SELECT a plain client of SQLite does not have; empty where it has all, and on PostgreSQL.

    Django gives its connections functions of its own (`regexp`, `django_date_extract`); a trigger runs in everybody's.
    """
    if connection.vendor != "sqlite":
        return ""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields if field.column)
    plain = sqlite3.connect(":memory:")
    try:
        plain.execute(f"CREATE TABLE {quote(model._meta.db_table)} ({columns})")
        plain.execute(f"EXPLAIN {select}")
    except sqlite3.OperationalError as error:
        return str(error).removeprefix("no such function: ")
    finally:
        plain.close()
    return ""


def _nodes(expression: Any) -> Iterator[Any]:
    """Yield an expression's parts before the expression itself, so that the cause is named and not what it is in."""
    if expression is None:
        return
    for source in getattr(expression, "get_source_expressions", tuple)():
        yield from _nodes(source)
    yield expression


def _unfit(node: Any) -> str:
    """Name a node that is not accepted."""
    try:
        return "" if _is_fit(node) else _name(node)
    except FieldError:  # a mixture of types, which only the database could resolve
        return _name(node)


def _name(node: Any) -> str:
    if isinstance(node, _PATTERNS):
        return f"{node.lookup_name} of something not text"
    if type(node) in _COMPARISONS:
        return f"{node.lookup_name} of two types"
    return str(node.lookup_name) if isinstance(node, lookups.Lookup) else type(node).__name__


def _is_fit(node: Any) -> bool:
    if isinstance(node, lookups.IExact) and not isinstance(node.rhs, str) and not hasattr(node.rhs, "output_field"):
        return False  # Django passes the value on as it is, and PostgreSQL has no upper case of a number.
    if isinstance(node, _PATTERNS):
        # PostgreSQL has no REPLACE of a number either, with which Django escapes the pattern of an expression.
        return _is_text(node.lhs) and (not hasattr(node.rhs, "output_field") or _is_text(node.rhs))
    if isinstance(node, lookups.Lookup):
        return type(node) in _COMPARISONS and _same_kind(node)
    if type(node) in _TEXT_FUNCTIONS:
        return _is_text(node.get_source_expressions()[0])
    return type(node) in _NODES or type(node) in _FUNCTIONS or _is_ours(node)


def _is_text(expression: Any) -> bool:
    return isinstance(expression.output_field, (CharField, TextField))


def _same_kind(lookup: Any) -> bool:
    """See that both sides are of one type: to compare a date with a time takes the session's time zone."""
    if not hasattr(lookup.rhs, "output_field"):
        return True
    return lookup.lhs.output_field.get_internal_type() == lookup.rhs.output_field.get_internal_type()


def _is_ours(node: Any) -> bool:
    """Accept the casts and arrays that the plan wraps around labels."""
    if type(node) is functions.JSONArray:
        return True
    return type(node) is functions.Cast and isinstance(node.get_source_expressions()[0], (functions.JSONArray, Value))
