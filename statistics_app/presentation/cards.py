"""A snapshot as cards: its values by subject, with what a bar or a column shows of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime

from ..catalogue.statistics import BY_KEY, CATALOGUE, Group, Statistic, Unit
from ..history.metric import Metric, value_at_path
from ..history.metrics import BY_KEY as METRICS
from ..history.metrics import ROOM_KIND_TOTALS
from ..models import Snapshot

# Shown elsewhere on the page.
_LEFT_OUT = {"_id", "createdAt", "_updatedAt", "os", "process", "deploy", "migration"}
_PRESENCE = ("onlineUsers", "awayUsers", "busyUsers", "offlineUsers")
_SHOWN_TIMES = ("user", "sys", "idle")
# What templates write out of objects, by the names that they know it by.
_WRITTEN_OUT: dict[str, Metric | Statistic] = {
    "memory": METRICS["os.freemem"],
    "load": METRICS["os.loadavg.0"],
    "machine": BY_KEY["os"],
    "process": BY_KEY["process"],
    "schema": BY_KEY["migration"],
    "deployment": BY_KEY["deploy"],
}
_DRAWN = {*_PRESENCE, *(key for keys in ROOM_KIND_TOTALS.values() for key in keys)}


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic on a card; `value` is None when it is unknown, and `problem` says why."""

    statistic: Statistic
    value: Any
    problem: str

    @property
    def is_charted(self) -> bool:
        """Say whether it has a history."""
        return self.statistic.key in METRICS

    @property
    def is_time(self) -> bool:
        """Say whether the value is a time."""
        return self.statistic.unit is Unit.TIME

    @property
    def is_bytes(self) -> bool:
        """Say whether the value is a number of bytes."""
        return self.statistic.unit is Unit.BYTES

    @property
    def is_object(self) -> bool:
        """Say whether the value has entries of its own."""
        return isinstance(self.value, dict)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row with its share of the greatest beside it, in percent."""

    row: Row
    percent: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of room: its rooms, its messages, and their share of the greatest in percent."""

    rooms: Row
    messages: Row
    percent: float


@dataclass(frozen=True, slots=True)
class Core:
    """One core of the machine: how much of its time since the start it worked, in percent."""

    model: str
    speed: float
    user: float
    system: float
    idle: float

    @property
    def busy(self) -> float:
        """How much of its time it was not idle."""
        return 100 - self.idle


@dataclass(frozen=True, slots=True)
class Cards:
    """All cards of a snapshot."""

    presence: Sequence[Bar]
    users: Sequence[Row]
    kinds: Sequence[Kind]
    rooms: Sequence[Row]
    server: Sequence[Row]
    cores: Sequence[Core]
    installation: Sequence[Row]
    definitions: Mapping[str, str]


def cards(snapshot: Snapshot) -> Cards:
    """Sort a snapshot's values onto cards."""
    rows = {statistic.key: _row(snapshot, statistic) for statistic in CATALOGUE}
    return Cards(
        presence=[Bar(rows[key], percent) for key, percent in _shares(rows, _PRESENCE).items()],
        users=list(_rest(rows, Group.USERS)),
        kinds=list(_kinds(rows)),
        rooms=list(_rest(rows, Group.ROOMS, Group.MESSAGES, Group.FILES)),
        server=list(_rest(rows, Group.SERVER)),
        cores=list(_cores(snapshot.document)),
        installation=list(_rest(rows, Group.INSTALLATION, Group.ACTIVITY)),
        definitions={name: described.definition for name, described in _WRITTEN_OUT.items()},
    )


def _row(snapshot: Snapshot, statistic: Statistic) -> Row:
    value = snapshot.document.get(statistic.key)
    if statistic.unit is Unit.TIME and value is not None:
        value = parse_datetime(value)
    return Row(statistic, value, snapshot.problems.get(statistic.key, ""))


def _rest(rows: Mapping[str, Row], *groups: Group) -> Iterator[Row]:
    """Yield what is not drawn in a way of its own."""
    for key, row in rows.items():
        if row.statistic.group in groups and not row.statistic.alias_of and key not in _LEFT_OUT | _DRAWN:
            yield row


def _kinds(rows: Mapping[str, Row]) -> Iterator[Kind]:
    shares = _shares(rows, [messages for _, messages in ROOM_KIND_TOTALS.values()])
    for rooms, messages in ROOM_KIND_TOTALS.values():
        yield Kind(rows[rooms], rows[messages], shares[messages])


def _shares(rows: Mapping[str, Row], keys: Iterable[str]) -> dict[str, float]:
    """Say how much each is of the greatest, in percent; what is unknown is nothing."""
    values = {key: rows[key].value or 0 for key in keys}
    greatest = max(values.values())
    return {key: 100 * value / greatest if greatest else 0 for key, value in values.items()}


def _cores(document: Mapping[str, Any]) -> Iterator[Core]:
    """Yield the machine's cores; what an odd machine says of itself is left out."""
    found = value_at_path(document, "os.cpus")
    for core in found if isinstance(found, list) else []:
        if isinstance(core, dict):
            yield _core(core)


def _core(core: Mapping[str, Any]) -> Core:
    said = core.get("times")
    times = {name: spent or 0 for name, spent in said.items()} if isinstance(said, dict) else {}
    whole = sum(times.values())
    # Of one whose times are unknown nobody can say that it worked.
    user, system, idle = (100 * times.get(name, 0) / whole if whole else 100.0 * (name == "idle") for name in _SHOWN_TIMES)
    return Core(core.get("model") or "", core.get("speed") or 0, user, system, idle)
