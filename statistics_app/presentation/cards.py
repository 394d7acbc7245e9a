"""The cards of a snapshot page: the values by subject, with the percentages that bars and columns show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from ..catalogue.statistic import Group, Statistic, Unit
from ..catalogue.statistics import BY_KEY, CATALOGUE
from ..history.metric import Metric, value_at_path
from ..history.metrics import BY_KEY as METRICS
from ..history.metrics import ROOM_KIND_TOTALS
from ..models import Snapshot
from .object_texts import object_text

# These are shown elsewhere on the page.
_EXCLUDED = {"_id", "createdAt", "_updatedAt", "os", "process", "deploy", "migration"}
_PRESENCE = ("onlineUsers", "awayUsers", "busyUsers", "offlineUsers")
_CPU_TIMES = ("user", "sys", "idle")
# Metrics and objects that templates format themselves, by the names under which templates look up their definitions.
_TEMPLATE_TERMS: dict[str, Metric | Statistic] = {
    "memory": METRICS["os.freemem"],
    "load": METRICS["os.loadavg.0"],
    "machine": BY_KEY["os"],
    "process": BY_KEY["process"],
    "schema": BY_KEY["migration"],
    "deployment": BY_KEY["deploy"],
}
_DRAWN_AS_BARS = {*_PRESENCE, *(key for keys in ROOM_KIND_TOTALS.values() for key in keys)}


@dataclass(frozen=True, slots=True)
class Row:
    """One statistic on a card; if it is unknown, `value` is None and `problem` gives the reason."""

    statistic: Statistic
    value: Any
    problem: str

    @property
    def is_charted(self) -> bool:
        """Whether the statistic can be charted."""
        return self.statistic.key in METRICS

    @property
    def is_time(self) -> bool:
        """Whether the value is a time."""
        return self.statistic.unit is Unit.TIME

    @property
    def is_bytes(self) -> bool:
        """Whether the value is a number of bytes."""
        return self.statistic.unit is Unit.BYTES

    @property
    def is_object(self) -> bool:
        """Whether the value is an object with entries of its own."""
        return isinstance(self.value, dict)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row drawn as a bar; `percent` is relative to the largest value of the group."""

    row: Row
    percent: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of room: its rooms and messages; `percent` compares its messages with the kind that has the most."""

    rooms: Row
    messages: Row
    percent: float


@dataclass(frozen=True, slots=True)
class Core:
    """A CPU core: how its time since the start of the machine was spent, in percent."""

    model: str
    speed: float
    user: float
    system: float
    idle: float

    @property
    def busy(self) -> float:
        """The percentage of time that the core was not idle."""
        return 100 - self.idle


@dataclass(frozen=True, slots=True)
class Cards:
    """The contents of all cards of a snapshot; `memory_used` is in bytes, None if it is not known."""

    presence: Sequence[Bar]
    users: Sequence[Row]
    kinds: Sequence[Kind]
    rooms: Sequence[Row]
    server: Sequence[Row]
    cores: Sequence[Core]
    memory_used: int | None
    installation: Sequence[Row]
    definitions: Mapping[str, str]
    texts: Mapping[str, str]


def cards(snapshot: Snapshot) -> Cards:
    """Return the values of a snapshot, arranged on cards."""
    rows = {statistic.key: _row(snapshot, statistic) for statistic in CATALOGUE}
    return Cards(
        presence=[Bar(rows[key], percent) for key, percent in _shares(rows, _PRESENCE).items()],
        users=list(_rest(rows, Group.USERS)),
        kinds=list(_kinds(rows)),
        rooms=list(_rest(rows, Group.ROOMS, Group.MESSAGES, Group.FILES)),
        server=list(_rest(rows, Group.SERVER)),
        cores=list(_cores(snapshot.document)),
        memory_used=_memory_used(snapshot.document),
        installation=list(_rest(rows, Group.INSTALLATION, Group.ACTIVITY)),
        definitions={name: gettext(term.definition) for name, term in _TEMPLATE_TERMS.items()},
        texts={key: object_text(key, snapshot.document.get(key) or {}) for key in ("process", "deploy", "migration")},
    )


def _row(snapshot: Snapshot, statistic: Statistic) -> Row:
    if statistic.key not in snapshot.document:
        return Row(statistic, None, gettext("The snapshot was taken by a version without this statistic."))
    value = snapshot.document[statistic.key]
    if statistic.unit is Unit.TIME and value is not None:
        value = parse_datetime(value)
    return Row(statistic, value, snapshot.problems.get(statistic.key, ""))


def _rest(rows: Mapping[str, Row], *groups: Group) -> Iterator[Row]:
    """Yield the rows of some groups that are neither drawn as bars nor shown elsewhere."""
    for key, row in rows.items():
        if row.statistic.group in groups and not row.statistic.alias_of and key not in _EXCLUDED | _DRAWN_AS_BARS:
            yield row


def _kinds(rows: Mapping[str, Row]) -> Iterator[Kind]:
    shares = _shares(rows, [messages for _, messages in ROOM_KIND_TOTALS.values()])
    for rooms, messages in ROOM_KIND_TOTALS.values():
        yield Kind(rows[rooms], rows[messages], shares[messages])


def _shares(rows: Mapping[str, Row], keys: Iterable[str]) -> dict[str, float]:
    """Return each value in percent of the largest, by key; an unknown value counts as 0."""
    values = {key: rows[key].value or 0 for key in keys}
    greatest = max(values.values())
    return {key: 100 * value / greatest if greatest else 0 for key, value in values.items()}


def _memory_used(document: Mapping[str, Any]) -> int | None:
    total, free = (value_at_path(document, path) for path in ("os.totalmem", "os.freemem"))
    return total - free if isinstance(total, int) and isinstance(free, int) and total >= free else None


def _cores(document: Mapping[str, Any]) -> Iterator[Core]:
    """Yield the CPU cores of the machine; entries in an unexpected form are skipped."""
    cpus = value_at_path(document, "os.cpus")
    for core in cpus if isinstance(cpus, list) else []:
        if isinstance(core, dict):
            yield _core(core)


def _core(core: Mapping[str, Any]) -> Core:
    raw_times = core.get("times")
    times = {name: spent or 0 for name, spent in raw_times.items()} if isinstance(raw_times, dict) else {}
    total = sum(times.values())
    # A core with unknown times is shown as idle, not as busy.
    user, system, idle = (100 * times.get(name, 0) / total if total else 100.0 * (name == "idle") for name in _CPU_TIMES)
    return Core(core.get("model") or "", core.get("speed") or 0, user, system, idle)
