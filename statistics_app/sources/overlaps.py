"""Tables of which a row may be counted twice."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from django.db.models import Model, Q

from .pairs import Pair
from .tables import SEVERAL, TABLES, MessageTable, Table, declared_tables


def overlaps(source: Any) -> Iterator[tuple[str, str]]:
    """Yield what is declared twice in a source whose declarations are correct by themselves, each with the line to write."""
    for name, several in SEVERAL.items():
        if getattr(source, name) is not None and getattr(source, several):
            yield f"{name} and {several} are declared; only one of them can be.", f"{name} = None"
    for name in TABLES:
        for pair in combinations(declared_tables(source, name), 2):
            # The one that inherits comes last.
            first, second = sorted(pair, key=lambda table: len(table.model_class()._meta.all_parents))
            link = _common_rows(first, second)
            if link and not _exclude_each_other(_conditions(first), [*_conditions(second), (f"{link}__isnull", False)]):
                yield _fault(first, second), _line(first, second, link)


def _common_rows(first: Table, second: Table) -> str:
    """Return what tells that a row of one table is one of the other as well, empty if none can be."""
    one, other = first.model_class(), second.model_class()
    if one._meta.concrete_model is other._meta.concrete_model:
        return "pk"
    return _link_to(one, other) if issubclass(other, one) else ""


def _link_to(parent: type[Model], child: type[Model]) -> str:
    """Return the name of the relation from a model to one that inherits from it."""
    path = child._meta.get_path_from_parent(parent)
    return "__".join(step.join_field.name for step in path)


def _fault(first: Table, second: Table) -> str:
    kind = type(first).__name__
    return f"{kind}({first.model}) and {kind}({second.model}) may have rows in common, which would be counted twice."


def _line(first: Table, second: Table, link: str) -> str:
    """Return a declaration that makes the two tables exclude each other."""
    kind = type(first).__name__
    if link != "pk":
        return f'{kind}(model="{first.model}", where=Q({link}__isnull=True), …)'
    if isinstance(first, MessageTable) and first.room != second.room:  # type: ignore[attr-defined]
        return f'{kind}(model="{second.model}", where=Q({_columns(first)[0]}__isnull=True), …)'
    return f'{kind}(model="{second.model}", where=~Q(…), …), with the condition of the other table after the ~'


def _columns(table: Table) -> Sequence[str]:
    """Return the columns without which a row does not count."""
    if not isinstance(table, MessageTable):
        return ()
    return table.room.columns if isinstance(table.room, Pair) else (table.room,)


def _conditions(table: Table) -> list[Any]:
    """Return the conditions that each counted row of a table meets: (lookup, value), or a negated condition."""
    return [*_all_of(table.where), *((f"{column}__isnull", False) for column in _columns(table))]


def _all_of(condition: Q) -> Iterator[Any]:
    if condition.negated or condition.connector != Q.AND:
        yield condition
        return
    for child in condition.children:
        yield from _all_of(child) if isinstance(child, Q) else (child,)


def _exclude_each_other(some: Sequence[Any], others: Sequence[Any]) -> bool:
    """Return whether the form of two sets of conditions shows that no row meets both."""
    return (
        any(_contradict(one, other) or _contradict(other, one) for one in some for other in others)
        or any(_is_negation(one, others) for one in some)
        or any(_is_negation(other, some) for other in others)
    )


def _is_negation(condition: Any, others: Sequence[Any]) -> bool:
    """Return whether a condition is met only by rows that do not meet all of some others."""
    return isinstance(condition, Q) and all(part in others for part in _all_of(~condition))


def _contradict(one: Any, other: Any) -> bool:
    """Return whether no row has both values."""
    if isinstance(one, Q) or isinstance(other, Q):
        return False
    (lookup, value), (other_lookup, other_value) = one, other
    if lookup == f"{other_lookup}__isnull":
        return bool(value) is (other_value is not None)
    if lookup != other_lookup:
        return False
    if lookup.endswith("__in"):
        return set(value).isdisjoint(other_value)
    is_exact = "__" not in lookup or lookup.endswith(("__isnull", "__exact"))
    return is_exact and (None in (value, other_value) or type(value) is type(other_value)) and bool(value != other_value)
