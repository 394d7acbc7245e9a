"""Taking snapshots: one per slot, and on demand, where any number of concurrent requests causes at most two."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

from django.db import Error, router, transaction
from django.utils import timezone, translation

from ..conf import setting
from ..db.locks import NotFree, exclusive_lock, turn
from ..db.primary import on_primary
from ..db.tenancy import Tenant, has_chosen_schema, tenant_of
from ..exceptions import Busy, StatisticsError
from ..history.gauge_rollup import roll_up_gauges
from ..models import FailedSlot, Installation, Snapshot
from ..models.snapshot import Origin
from ..models.time_range import BEGINNING
from ..serialization import make_id, truncate_to_milliseconds
from ..tallies.fold_thread import fold_before_snapshot
from ..tallies.source import tallied_source
from ..texts import gettext_noop as _
from .coalescing import Coalescer
from .contents import Contents, contents_of
from .importing import note_report
from .slots import slot_of

logger = logging.getLogger(__name__)

LOCK_NAME = "generate"
# The parts of taking a snapshot besides the questions.
FOLD, SAVE, HISTORY = "fold", "save", "history"
# A caller that got the lock within this time did not have to wait, so it is not part of a burst of requests.
NO_WAIT_SECONDS = 0.02
# After which a client that was sent away tries again.
BUSY_SECONDS = 10

# Of each tenant.
_refreshes: defaultdict[Tenant, Coalescer] = defaultdict(Coalescer)


def generate(origin: Origin) -> Snapshot:
    """Take a snapshot, after any that is already being taken."""
    with _attempt():
        return _take(origin)


def refresh() -> Snapshot:
    """Return a snapshot that was begun after this call; callers that wait for one in progress share the next one.

    In a crowd of callers, it can have been begun up to `TRUST_SECONDS` before. Errors: Busy if too many wait already.
    """
    refreshes = _refreshes[tenant_of(Snapshot)]
    with refreshes.counted() as patience:
        since = refreshes.acceptable_since()
        return refreshes.begun_after(since) or _refresh(refreshes, since, patience)


def _refresh(refreshes: Coalescer, since: float, patience: float) -> Snapshot:
    arrival = refreshes.arrive()
    begun = Installation.objects.generations_begun()
    is_known = not has_chosen_schema(Snapshot)
    with _turn(patience):
        if is_known and (shared := refreshes.begun_after(since)):
            return shared
        with _attempt():
            if shared := on_primary(Snapshot.objects).begun_after(begun).latest_taken():
                return shared
            if time.monotonic() - arrival > NO_WAIT_SECONDS:
                refreshes.wait_until_quiet()
            return _take(Origin.REFRESH)


@contextmanager
def _turn(seconds: float) -> Iterator[None]:
    """Wait for the other refreshes of this process for some seconds. Errors: Busy."""
    with ExitStack() as stack:
        try:
            stack.enter_context(turn(LOCK_NAME, router.db_for_write(Snapshot), seconds))
        except NotFree as error:
            message = _("Many requests are waiting for a new snapshot already. Try again in a moment.")
            raise Busy(message, BUSY_SECONDS) from error
        yield


def latest() -> Snapshot:
    """Return the newest snapshot; take the first one if there is none. Errors: Busy if too many wait for it."""
    stored = Snapshot.objects.latest_taken()
    if stored is not None:
        return stored
    with _refreshes[tenant_of(Snapshot)].counted() as patience, _turn(patience), _attempt():
        return on_primary(Snapshot.objects).latest_taken() or _take(Origin.REFRESH)


def generate_for_slot(now: datetime, origin: Origin = Origin.SCHEDULE) -> Snapshot | None:
    """Take the snapshot of the slot that contains `now`; return None if that slot already has one.

    If waiting, for another snapshot or for the database, lasts into the next slot, this is the one of that slot: what is late
    remains a gap.
    """
    arrival = time.monotonic()

    def slot() -> datetime:
        return slot_of(now + timedelta(seconds=time.monotonic() - arrival))

    if _has_snapshot(slot()):
        return None
    with _attempt():
        return None if _has_snapshot(slot()) else _take(origin, slot)


def generate_at_start(now: datetime) -> Snapshot | None:
    """Take a snapshot if the newest is older than the interval, so that a restarted worker does not wait for the next slot."""
    recent = on_primary(Snapshot.objects).taken().since(now - timedelta(seconds=setting("INTERVAL")))
    if recent.exists():
        return None
    return generate_for_slot(now, Origin.START)


def _has_snapshot(slot: datetime) -> bool:
    return on_primary(Snapshot.objects).filter(slot=slot).exists()


@contextmanager
def _attempt() -> Iterator[None]:
    """Hold the lock for taking snapshots; an error is recorded, so that the pages can show it, and raised again."""
    try:
        with exclusive_lock(LOCK_NAME, router.db_for_write(Snapshot)):
            yield
    except Exception as error:
        _record_failure(error)
        raise


def _record_failure(error: Exception) -> None:
    """Record the error if possible: the database may be what has failed.

    That another attempt holds the lock for long is a reason only where none is known yet, such as what a server refused.
    """
    try:
        if not (isinstance(error, NotFree) and _known_failure()):
            now = timezone.now()
            Installation.objects.record_failure(now, _text_of(error))
            FailedSlot.objects.record(slot_of(now), now, _text_of(error))
    except Exception:  # the error that the caller raises again is more useful
        logger.warning("The failure of a snapshot could not be recorded.", exc_info=True)


def _known_failure() -> str:
    """Return why there is no newer snapshot than the newest, as far as it is recorded."""
    newest = on_primary(Snapshot.objects).without_documents().latest_taken()
    return Installation.objects.failure_after(newest.created_at if newest else BEGINNING)


def _text_of(error: Exception) -> str:
    """Return what an error says; only one that is meant for people can be understood without its name."""
    return str(error) if isinstance(error, StatisticsError) else f"{type(error).__name__}: {error}".removesuffix(": ")


def _take(origin: Origin, slot: Callable[[], datetime] | None = None) -> Snapshot:
    """Ask all questions and store the answers as a snapshot, of the slot that `slot` returns; the caller holds the lock."""
    started = time.monotonic()
    number = Installation.objects.begin_generation()
    snapshot = Snapshot(
        id=make_id(),
        number=number,
        created_at=truncate_to_milliseconds(timezone.now()),
        origin=origin,
        slot=slot() if slot else None,
    )
    source = tallied_source(snapshot.created_at)
    fold_before_snapshot(source.tallies)
    folded = time.monotonic()
    contents = contents_of(snapshot, source)
    snapshot.host, snapshot.server, snapshot.problems = contents.host, contents.server, contents.problems
    snapshot.counting, snapshot.counted_live = contents.counting, contents.counted_live
    snapshot.body = Snapshot.body_of(contents.document)
    snapshot.took_ms = _milliseconds_since(started)
    answered = time.monotonic()
    _save(snapshot, contents)
    saved = time.monotonic()
    _roll_up()
    around = {FOLD: folded - started, SAVE: saved - answered, HISTORY: time.monotonic() - saved}
    snapshot.part_seconds = {name: round(seconds, 4) for name, seconds in {**contents.seconds, **around}.items()}
    snapshot.took_ms = _milliseconds_since(started)
    Snapshot.objects.filter(pk=snapshot.pk).update(took_ms=snapshot.took_ms, part_seconds=snapshot.part_seconds)
    _refreshes[tenant_of(Snapshot)].record(snapshot, started)
    _log(snapshot)
    return snapshot


def _save(snapshot: Snapshot, contents: Contents) -> None:
    if contents.reported is None:
        snapshot.save(force_insert=True)
        return
    using = router.db_for_write(Snapshot)
    with transaction.atomic(using=using):
        snapshot.save(force_insert=True, using=using)
        note_report(contents.reported, snapshot.created_at, using)


def _log(snapshot: Snapshot) -> None:
    unknown = ", ".join(snapshot.problems)
    # Logs are English, whoever has asked for the snapshot.
    with translation.override("en"):
        origin, counting = snapshot.get_origin_display(), snapshot.get_counting_display()
    logger.info(
        "Snapshot %s was taken in %d ms, %s and %s%s.",
        snapshot.pk,
        snapshot.took_ms,
        origin,
        counting,
        f"; unknown: {unknown}" if unknown else "",
        extra={
            "snapshot": snapshot.pk,
            "took_ms": snapshot.took_ms,
            "origin": snapshot.origin,
            "unknown": [*snapshot.problems],
        },
    )


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _roll_up() -> None:
    """Add the snapshot to the history; an error does not affect the snapshot, and beat tries again."""
    try:
        roll_up_gauges()
    except Error:
        logger.warning("The snapshot could not be rolled up yet.", exc_info=True)
