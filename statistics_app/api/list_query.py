"""The parameters of `statistics.list`: paging, sort order, projection, filters and time range."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OrderBy, Q

from ..exceptions import ParameterError
from ..http.query_parameters import moment, parse_moment, whole_number
from ..models import Snapshot
from ..models.snapshot import HEADLINES
from ..serialization import to_json
from .operation import Parameter
from .parsers import strict_json

DEFAULT_COUNT = 50
MAX_COUNT = 100
NEWEST_FIRST = ("-created_at", "-pk")
SORTABLE = {"_id": "pk", "createdAt": "created_at", "_updatedAt": "created_at"} | {
    key: column for column, key in HEADLINES.items()
}
COMPARISONS = {"$gt": "gt", "$gte": "gte", "$lt": "lt", "$lte": "lte"}
_DIRECTION = {"type": "integer", "enum": [1, -1]}
_CHOICE = {"_id": {"type": "integer", "enum": [0, 1]}}
_WHOLE = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_TIME = {"type": "string", "format": "date-time"}
PARAMETERS = (
    Parameter("offset", "Number of snapshots to skip.", {**_WHOLE, "default": 0}, 0),
    Parameter(
        "count",
        f"Number of snapshots to return. 0, and values above {MAX_COUNT}, mean {MAX_COUNT}.",
        {**_WHOLE, "default": DEFAULT_COUNT},
        2,
    ),
    Parameter(
        "sort",
        f"JSON object: keys with 1 (ascending) or -1 (descending). Keys: {', '.join(SORTABLE)}. By default newest first.",
        {"type": "object", "properties": dict.fromkeys(SORTABLE, _DIRECTION), "additionalProperties": False},
        {"createdAt": -1},
        is_json=True,
    ),
    Parameter(
        "fields",
        "JSON object: keys all with 1 (only these) or all with 0 (all but these). `_id` is included unless it is 0.",
        {
            "type": "object",
            "anyOf": [
                {"type": "object", "properties": _CHOICE, "additionalProperties": {"type": "integer", "enum": [value]}}
                for value in (1, 0)
            ],
        },
        {"totalMessages": 1},
        is_json=True,
    ),
    Parameter(
        "query",
        f"JSON object: `_id` with an id; `createdAt` with {', '.join(COMPARISONS)} and a time.",
        {
            "type": "object",
            "properties": {
                "_id": {"type": "string"},
                "createdAt": {
                    "type": "object",
                    "properties": dict.fromkeys(COMPARISONS, _TIME),
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            },
            "additionalProperties": False,
        },
        {"createdAt": {"$gte": "2026-01-01T00:00:00Z"}},
        is_json=True,
    ),
    Parameter("since", "Only snapshots taken at or after this time.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "Only snapshots taken at or before this time.", _TIME, "2027-01-01T00:00:00Z"),
)


@dataclass(frozen=True, slots=True)
class Fields:
    """A projection: the named keys only, or all keys but those."""

    named: frozenset[str] = frozenset()
    only_these: bool = False

    def __contains__(self, key: str) -> bool:
        return (key in self.named) is self.only_these


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A validated request for one page of the stored snapshots."""

    offset: int
    count: int
    order: tuple[OrderBy | str, ...]
    fields: Fields
    condition: Q

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> "ListQuery":
        """Parse a request's parameters; errors: ParameterError."""
        return cls(
            offset=whole_number(parameters, "offset", 0),
            count=min(whole_number(parameters, "count", DEFAULT_COUNT) or MAX_COUNT, MAX_COUNT),
            order=_order(_object(parameters, "sort")),
            fields=_fields(_object(parameters, "fields")),
            condition=_query(_object(parameters, "query")) & _range(parameters),
        )

    def to_json(self) -> str:
        """Return the response's body: the page, its number of snapshots, the offset, and the number of snapshots that match."""
        matching = Snapshot.objects.filter(self.condition)
        rows = [self._row(snapshot) for snapshot in matching.order_by(*self.order)[self.offset :][: self.count]]
        return (
            f'{{"statistics":[{",".join(rows)}],"count":{len(rows)},"offset":{self.offset},'
            f'"total":{matching.count()},"success":true}}'
        )

    def _row(self, snapshot: Snapshot) -> str:
        if self.fields == Fields():
            return snapshot.body_in_list
        return to_json({key: value for key, value in snapshot.document.items() if key in self.fields})


def _object(parameters: Mapping[str, str], name: str) -> dict[str, Any]:
    """Parse a parameter that must be a JSON object; {} if absent or empty."""
    text = parameters.get(name, "").strip()
    if not text:
        return {}
    try:
        value = strict_json(text)
    except ValueError as error:
        raise _invalid(name, f"is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise _invalid(name, "must be a JSON object.")
    return value


def _order(sort: Mapping[str, Any]) -> tuple[OrderBy | str, ...]:
    order: list[OrderBy | str] = []
    for key, direction in sort.items():
        if key not in SORTABLE:
            raise _invalid("sort", f"does not support '{key[:60]}'; the keys are {', '.join(SORTABLE)}.")
        if direction not in (1, -1) or isinstance(direction, bool):
            raise _invalid("sort", f"has to have 1 or -1 for '{key}'.")
        column = F(SORTABLE[key])
        # Null sorts before all values, as in MongoDB.
        order.append(column.asc(nulls_first=True) if direction == 1 else column.desc(nulls_last=True))
    # Equal values are ordered by id, so that pages never overlap.
    return (*order, "-pk") if order else NEWEST_FIRST


def _fields(fields: Mapping[str, Any]) -> Fields:
    """Parse a projection as in MongoDB: the values are all 1 or all 0, except that `_id` is included unless it is 0."""
    if any(value not in (0, 1) or isinstance(value, float) for value in fields.values()):
        raise _invalid("fields", "has to have 1 or 0 for each key.")
    others = {bool(value) for key, value in fields.items() if key != "_id"}
    if len(others) > 1:
        raise _invalid("fields", "has to have 1 for all keys or 0 for all keys.")
    only_these = others.pop() if others else bool(fields.get("_id", 0))
    named = {key for key, value in fields.items() if bool(value) is only_these}
    if only_these and fields.get("_id", 1):
        named.add("_id")
    if not only_these and fields.get("_id") == 1:
        named.discard("_id")
    return Fields(frozenset(named), only_these)


def _query(query: Mapping[str, Any]) -> Q:
    condition = Q()
    for key, value in query.items():
        if key == "_id" and isinstance(value, str):
            condition &= Q(pk=value)
        elif key == "createdAt" and isinstance(value, dict) and value:
            condition &= _created_at(value)
        else:
            raise _invalid("query", "may only contain '_id' with an id and 'createdAt' with $gt, $gte, $lt or $lte.")
    return condition


def _created_at(comparisons: Mapping[str, Any]) -> Q:
    condition = Q()
    for operator, operand in comparisons.items():
        if operator not in COMPARISONS:
            raise _invalid("query", f"does not support '{operator[:60]}'; the operators are {', '.join(COMPARISONS)}.")
        # MongoDB's extended JSON writes a date as {"$date": …}.
        value = operand["$date"] if isinstance(operand, dict) and set(operand) == {"$date"} else operand
        at = parse_moment(value, f"'query': {operator}", "error-invalid-query")
        condition &= Q(**{f"created_at__{COMPARISONS[operator]}": at})
    return condition


def _range(parameters: Mapping[str, str]) -> Q:
    condition = Q()
    if (since := moment(parameters, "since")) is not None:
        condition &= Q(created_at__gte=since)
    if (until := moment(parameters, "until")) is not None:
        condition &= Q(created_at__lte=until)
    return condition


def _invalid(name: str, reason: str) -> ParameterError:
    return ParameterError(f"'{name}' {reason}", error_type=f"error-invalid-{name}")
