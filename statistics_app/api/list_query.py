"""The parameters of `statistics.list`: paging, sort order, projection, filters and time range."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import OrderBy, QuerySet

from ..exceptions import ParameterError
from ..http.query_parameters import EARLIEST, LATEST, moment, parse_moment, whole_number
from ..models import Snapshot, SnapshotDay, TimeRange
from ..models.snapshot import HEADLINES, NEWEST_FIRST, OLDEST_FIRST, null_first
from ..models.time_range import just_after
from ..serialization import to_json
from .operation import Parameter
from .parsers import strict_json

DEFAULT_COUNT = 50
MAX_COUNT = 100
SORTABLE = {"_id": "pk", "createdAt": "created_at", "_updatedAt": "created_at"} | {
    key: column for column, key in HEADLINES.items()
}
COMPARISONS: dict[str, Callable[[datetime], TimeRange]] = {
    "$gt": lambda moment: TimeRange(since=just_after(moment)),
    "$gte": lambda moment: TimeRange(since=moment),
    "$lt": lambda moment: TimeRange(until=moment),
    "$lte": TimeRange.up_to,
}
_DIRECTION = {"type": "integer", "enum": [1, -1]}
_CHOICE = {"_id": {"type": "integer", "enum": [0, 1]}}
_WHOLE = {"type": "integer", "minimum": 0}
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
    within: TimeRange
    key: str | None

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> "ListQuery":
        """Parse a request's parameters; errors: ParameterError."""
        query = _query(_object(parameters, "query"))
        offset, count = page_of(parameters)
        return cls(
            offset=offset,
            count=count,
            order=_order(_object(parameters, "sort")),
            fields=_fields(_object(parameters, "fields")),
            within=_range(parameters) & _created_at(query.get("createdAt", {})),
            key=query.get("_id"),
        )

    def to_json(self) -> str:
        """Return the response's body: the page, its number of snapshots, the offset, and the number of snapshots that match."""
        rows = [self._row(snapshot) for snapshot in self._page()]
        return (
            f'{{"statistics":[{",".join(rows)}],"count":{len(rows)},"offset":{self.offset},'
            f'"total":{self._total()},"success":true}}'
        )

    def _page(self) -> QuerySet[Snapshot]:
        if self.key is None and self.order in (NEWEST_FIRST, OLDEST_FIRST):
            is_newest_first = self.order == NEWEST_FIRST
            return SnapshotDay.objects.page(self.within, self.offset, self.count, newest_first=is_newest_first)
        return self._matching().order_by(*self.order)[self.offset :][: self.count]

    def _total(self) -> int:
        return SnapshotDay.objects.number_in(self.within) if self.key is None else self._matching().count()

    def _matching(self) -> QuerySet[Snapshot]:
        snapshots = Snapshot.objects.within(self.within)
        return snapshots if self.key is None else snapshots.filter(pk=self.key)

    def _row(self, snapshot: Snapshot) -> str:
        if self.fields == Fields():
            return snapshot.body_in_list
        return to_json({key: value for key, value in snapshot.document.items() if key in self.fields})


def page_of(parameters: Mapping[str, str]) -> tuple[int, int]:
    """Parse the number of entries to skip, and of those to return; errors: ParameterError."""
    count = whole_number(parameters, "count", DEFAULT_COUNT)
    return whole_number(parameters, "offset", 0), min(count or MAX_COUNT, MAX_COUNT)


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
    direction = -1
    for key, direction in sort.items():
        if key not in SORTABLE:
            raise _invalid("sort", f"does not support '{key[:60]}'; the keys are {', '.join(SORTABLE)}.")
        if direction not in (1, -1) or isinstance(direction, bool):
            raise _invalid("sort", f"has to have 1 or -1 for '{key}'.")
        column = SORTABLE[key]
        if column in HEADLINES:
            # Null sorts before all values, as in MongoDB.
            order.append(null_first(column).asc() if direction == 1 else null_first(column).desc())
        else:
            order.append(column if direction == 1 else f"-{column}")
    # Equal values are ordered by id, so that pages never overlap.
    return (*order, "pk" if direction == 1 else "-pk") if order else NEWEST_FIRST


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


def _query(query: Mapping[str, Any]) -> Mapping[str, Any]:
    for key, value in query.items():
        is_valid = isinstance(value, str) if key == "_id" else key == "createdAt" and isinstance(value, dict) and value
        if not is_valid:
            raise _invalid("query", "may only contain '_id' with an id and 'createdAt' with $gt, $gte, $lt or $lte.")
    return query


def _created_at(comparisons: Mapping[str, Any]) -> TimeRange:
    within = TimeRange()
    for operator, operand in comparisons.items():
        if operator not in COMPARISONS:
            raise _invalid("query", f"does not support '{operator[:60]}'; the operators are {', '.join(COMPARISONS)}.")
        within &= COMPARISONS[operator](_time(operand, f"'query': {operator}"))
    return within


def _time(operand: Any, where: str) -> datetime:
    """Parse a time as MongoDB's clients write it: a text, milliseconds since 1970, or one of them as `{"$date": …}`."""
    value = _unwrapped(_unwrapped(operand, "$date"), "$numberLong")
    is_wrapped_number = isinstance(value, str) and isinstance(operand, dict) and value.lstrip("-").isdecimal()
    if is_wrapped_number or (isinstance(value, int | float) and not isinstance(value, bool)):
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=float(value))
        except OverflowError:
            return EARLIEST if str(value).startswith("-") else LATEST
    return parse_moment(value, where, "error-invalid-query")


def _unwrapped(value: Any, name: str) -> Any:
    return value[name] if isinstance(value, dict) and set(value) == {name} else value


def _range(parameters: Mapping[str, str]) -> TimeRange:
    since, until = moment(parameters, "since"), moment(parameters, "until")
    within = TimeRange() if since is None else TimeRange(since=since)
    return within if until is None else within & TimeRange.up_to(until)


def _invalid(name: str, reason: str) -> ParameterError:
    return ParameterError(f"'{name}' {reason}", error_type=f"error-invalid-{name}")
