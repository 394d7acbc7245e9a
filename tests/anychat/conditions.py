"""Strategies for conditions on the chat's tables: those that a trigger can evaluate, and any others."""

from datetime import timedelta
from operator import and_, or_, xor
from typing import Any

from django.db.models import CharField, Exists, F, IntegerField, Model, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, ExtractYear, Length, Lower, Now, NullIf, Trim, TruncDay, Upper
from django.db.models.lookups import Exact, GreaterThan, IsNull
from hypothesis import strategies as st

from .models import Message, Team
from .values import values_of

_PLAIN = ("exact", "in", "isnull", "gt", "lte", "range")
_TEXT = ("iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "regex", "iregex")
_PARTS = ("date", "year", "year__gt", "month__in", "week_day", "hour__lt", "date__lte", "time", "second", "quarter")
_OTHERS = ("nothing", "a", "has_key", "contained_by", "lower", "0__a", "isnull__exact")


def mostly(usual: st.SearchStrategy[Any], *others: st.SearchStrategy[Any], weight: int = 5) -> st.SearchStrategy[Any]:
    """Draw the usual, and one time of `weight` + 1 something else."""
    return st.integers(0, weight).flatmap(lambda number: st.one_of(*others) if number == weight else usual)


def own_fields(model: type[Model]) -> list[Any]:
    """Return the columns of a model."""
    return list(model._meta.concrete_fields)


@st.composite
def paths(draw: st.DrawFn, model: type[Model]) -> tuple[str, Any]:
    """Draw a path to a column of a model, mostly its own, with the column."""
    field = draw(st.sampled_from(own_fields(model)))
    if draw(st.integers(0, 9)) < 8:
        return draw(st.sampled_from([field.name, field.name, field.attname])), field
    if draw(st.booleans()):
        return "pk", model._meta.pk
    relations = [relation for relation in model._meta.get_fields() if relation.is_relation]
    relation: Any = draw(st.sampled_from(relations))
    name = relation.name if relation.concrete or relation.many_to_many else relation.get_accessor_name()
    name = getattr(relation, "related_query_name", None) or name
    last = draw(st.sampled_from(own_fields(relation.related_model)))
    return f"{name if isinstance(name, str) else relation.name}__{last.name}", last


@st.composite
def expressions(draw: st.DrawFn, model: type[Model]) -> Any:
    """Draw an expression to compare a column with: another column, a function, arithmetic, the present time."""
    name = draw(paths(model))[0]
    other = draw(paths(model))[0]
    column = F(name)
    made = [
        *(column, column, Lower(column), Upper(name), Trim(name), Length(column), Coalesce(column, F(other))),
        *(NullIf(column, F(other)), Concat(column, Value("a")), Cast(column, CharField()), Cast(column, IntegerField())),
        *(column + 1, column * F(other), column - F(other), column % 2, column / F(other), ExtractYear(column)),
        *(Now(), Now() - timedelta(days=1), column + timedelta(days=1), TruncDay(column), Value("a"), Value(1), Value(None)),
    ]
    return draw(st.sampled_from(made))


@st.composite
def fit_lookups(draw: st.DrawFn, model: type[Model]) -> Q:
    """Draw a condition on one column of the table's own that a trigger can evaluate."""
    field = draw(st.sampled_from([field for field in own_fields(model) if field.get_internal_type() != "JSONField"]))
    lookup = draw(st.sampled_from(_PLAIN if not isinstance(field, CharField | TextField) else (*_PLAIN, *_TEXT[:-2])))
    value = st.sampled_from(values_of(field))
    if lookup in {"in", "range"}:
        value = st.lists(value, min_size=1, max_size=3) if lookup == "in" else st.tuples(value, value)
    elif lookup == "isnull":
        value = st.booleans()
    elif lookup in _PLAIN:
        same = [F(other.name) for other in own_fields(model) if type(other) is type(field)]
        value = st.one_of(value, value, value, st.sampled_from(same))
    return Q(**{f"{field.name}__{lookup}": draw(value)})


@st.composite
def lookups(draw: st.DrawFn, model: type[Model]) -> Q:
    """Draw a condition on one column: any lookup, any value."""
    path, field = draw(paths(model))
    lookup = draw(st.sampled_from((*_PLAIN, *_TEXT, *_PARTS, *_OTHERS)))
    anything = st.sampled_from([None, "a", 1, -(2**70), 2**70, 1.5, b"a", [], {}, "nonsense", Team.objects.none()])
    usual = st.sampled_from(values_of(field))
    value = st.one_of(usual, usual, expressions(model), expressions(model), anything)
    if lookup in {"in", "range", "month__in"}:
        value = st.tuples(value, value) if lookup == "range" else st.lists(value, max_size=3)
    elif lookup == "isnull":
        value = st.booleans()
    return Q(**{f"{path}__{lookup}" if lookup != "exact" or draw(st.booleans()) else path: draw(value)})


@st.composite
def comparisons(draw: st.DrawFn, model: type[Model]) -> Q:
    """Draw a condition that is an expression."""
    left, right = draw(expressions(model)), draw(expressions(model))
    related = Exists(Message.objects.filter(room=OuterRef("pk")))
    return Q(draw(st.sampled_from([GreaterThan(left, right), Exact(left, right), IsNull(left, True), related, ~related])))


def combined_fit(inner: st.SearchStrategy[Q]) -> st.SearchStrategy[Q]:
    """Combine conditions in the ways that a trigger can evaluate on every database."""
    pairs = st.tuples(st.sampled_from([and_, or_]), inner, inner).map(lambda drawn: drawn[0](*drawn[1:]))
    return st.one_of(pairs, pairs, inner.map(lambda condition: ~condition))


def combined(inner: st.SearchStrategy[Q]) -> st.SearchStrategy[Q]:
    """Combine conditions in every way."""
    pairs = st.tuples(st.sampled_from([and_, or_, xor]), inner, inner).map(lambda drawn: drawn[0](*drawn[1:]))
    return st.one_of(pairs, pairs, inner.map(lambda condition: ~condition))
