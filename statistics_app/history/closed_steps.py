"""Numbers of people in steps that are over, which a process keeps until something changes the past."""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from ..db.tenancy import Tenant, tenant_of
from ..models import WrittenDay
from ..models.active_query import PER_DAY, QuarterSpan
from .active_days import first_open_day

# Some years of days in several time zones.
MOST_KEPT = 20_000

# Whose they are, in which way they were active, from when until when, and the state of the past when they were counted.
_Key = tuple[Tenant, str, str, int, int, int]
_kept: dict[_Key, int] = {}
_lock = Lock()


def people_in(
    spans: Sequence[QuarterSpan],
    activity: str,
    past: int,
    using: str,
    count: Callable[[Sequence[QuarterSpan]], Mapping[int, int]],
) -> dict[int, int]:
    """Return the number of people by step; `count` is asked only for the steps that are not over, or not kept.

    `past` is that of the coverage: as long as it is the same, so are the steps that are over.
    """
    tenant, end = tenant_of(WrittenDay), first_open_day() * PER_DAY
    keys: dict[int, _Key] = {i: (tenant, using, activity, since, until, past) for i, since, until in spans if until <= end}
    found = {i: _kept[key] for i, key in keys.items() if key in _kept}
    if missing := [span for span in spans if span[0] not in found]:
        counted = count(missing)
        found |= {i: counted.get(i, 0) for i, _, _ in missing}
        with _lock:
            _kept.update({keys[i]: found[i] for i, _, _ in missing if i in keys})
            while len(_kept) > MOST_KEPT:
                del _kept[next(iter(_kept))]
    return found
