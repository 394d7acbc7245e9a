"""What `statistics.list` may be asked: a page, an order, a range, and which keys."""

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
MOST = 100
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
    Parameter("offset", "How many to leave out from the beginning.", {**_WHOLE, "default": 0}, 0),
    Parameter(
        "count",
        f"How many to give; 0, and all above {MOST}, are taken as {MOST}.",
        {**_WHOLE, "default": DEFAULT_COUNT},
        2,
    ),
    Parameter(
        "sort",
        f"A JSON object: keys with 1 (up) or -1 (down). Keys: {', '.join(SORTABLE)}. By default the newest come first.",
        {"type": "object", "properties": dict.fromkeys(SORTABLE, _DIRECTION), "additionalProperties": False},
        {"createdAt": -1},
        is_json=True,
    ),
    Parameter(
        "fields",
        "A JSON object: keys all with 1 (only these) or all with 0 (all but these); `_id` comes along unless it is 0.",
        {
            "type": "object",
            "anyOf": [
                {"type": "object", "properties": _CHOICE, "additionalProperties": {"type": "integer", "enum": [wanted]}}
                for wanted in (1, 0)
            ],
        },
        {"totalMessages": 1},
        is_json=True,
    ),
    Parameter(
        "query",
        f"A JSON object: `_id` with an id; `createdAt` with {', '.join(COMPARISONS)} and a time.",
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
    Parameter("since", "Only snapshots taken at this time or after.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "Only snapshots taken at this time or before.", _TIME, "2027-01-01T00:00:00Z"),
)


@dataclass(frozen=True, slots=True)
class Fields:
    """Which keys of a snapshot are wanted: all that are named, or all but those."""

    named: frozenset[str] = frozenset()
    only_these: bool = False

    def __contains__(self, key: str) -> bool:
        return (key in self.named) is self.only_these


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One page of the snapshots that match."""

    offset: int
    count: int
    order: tuple[OrderBy | str, ...]
    fields: Fields
    matching: Q

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> "ListQuery":
        """Read a request's parameters; errors: ParameterError."""
        return cls(
            offset=whole_number(parameters, "offset", 0),
            count=min(whole_number(parameters, "count", DEFAULT_COUNT) or MOST, MOST),
            order=_order(_object(parameters, "sort")),
            fields=_fields(_object(parameters, "fields")),
            matching=_query(_object(parameters, "query")) & _range(parameters),
        )

    def to_json(self) -> str:
        """Write the page: the snapshots as they were given, how many are here, and how many match."""
        matching = Snapshot.objects.filter(self.matching)
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
    """Read a parameter that is a JSON object; absent or empty is {}."""
    text = parameters.get(name, "").strip()
    if not text:
        return {}
    try:
        value = strict_json(text)
    except ValueError as error:
        raise _unusable(name, f"is not usable JSON: {error}") from error
    if not isinstance(value, dict):
        raise _unusable(name, "has to be a JSON object.")
    return value


def _order(sort: Mapping[str, Any]) -> tuple[OrderBy | str, ...]:
    order: list[OrderBy | str] = []
    for key, direction in sort.items():
        if key not in SORTABLE:
            raise _unusable("sort", f"cannot go by '{key[:60]}'; it can by {', '.join(SORTABLE)}.")
        if direction not in (1, -1) or isinstance(direction, bool):
            raise _unusable("sort", f"needs 1 or -1 for '{key}'.")
        column = F(SORTABLE[key])
        # What is unknown is the least, as MongoDB has it.
        order.append(column.asc(nulls_first=True) if direction == 1 else column.desc(nulls_last=True))
    # Whatever the order, ties go by id, so that pages never overlap.
    return (*order, "-pk") if order else NEWEST_FIRST


def _fields(fields: Mapping[str, Any]) -> Fields:
    """Read a projection as MongoDB has it: all 1 or all 0, and `_id` comes along unless it is 0."""
    if any(value not in (0, 1) or isinstance(value, float) for value in fields.values()):
        raise _unusable("fields", "needs 1 or 0 for each key.")
    others = {bool(value) for key, value in fields.items() if key != "_id"}
    if len(others) > 1:
        raise _unusable("fields", "has to be all 1 or all 0.")
    only_these = others.pop() if others else bool(fields.get("_id", 0))
    named = {key for key, value in fields.items() if bool(value) is only_these}
    if only_these and fields.get("_id", 1):
        named.add("_id")
    if not only_these and fields.get("_id") == 1:
        named.discard("_id")
    return Fields(frozenset(named), only_these)


def _query(query: Mapping[str, Any]) -> Q:
    matching = Q()
    for key, wanted in query.items():
        if key == "_id" and isinstance(wanted, str):
            matching &= Q(pk=wanted)
        elif key == "createdAt" and isinstance(wanted, dict) and wanted:
            matching &= _created(wanted)
        else:
            raise _unusable("query", "can hold '_id' with an id and 'createdAt' with $gt, $gte, $lt or $lte; no more.")
    return matching


def _created(comparisons: Mapping[str, Any]) -> Q:
    matching = Q()
    for operator, value in comparisons.items():
        if operator not in COMPARISONS:
            raise _unusable("query", f"does not know '{operator[:60]}'; it knows {', '.join(COMPARISONS)}.")
        # MongoDB's extended JSON wraps a date.
        written = value["$date"] if isinstance(value, dict) and set(value) == {"$date"} else value
        at = parse_moment(written, f"'query': {operator}", "error-invalid-query")
        matching &= Q(**{f"created_at__{COMPARISONS[operator]}": at})
    return matching


def _range(parameters: Mapping[str, str]) -> Q:
    matching = Q()
    if (since := moment(parameters, "since")) is not None:
        matching &= Q(created_at__gte=since)
    if (until := moment(parameters, "until")) is not None:
        matching &= Q(created_at__lte=until)
    return matching


def _unusable(name: str, why: str) -> ParameterError:
    return ParameterError(f"'{name}' {why}", error_type=f"error-invalid-{name}")
