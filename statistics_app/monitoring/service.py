"""The metrics of the app itself: its snapshots, running counts, responses and tasks."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from ..catalogue.gauges import PREFIX
from ..conf import setting
from ..history.recent_people import recent_numbers
from ..models import FailedTask, Instance, Snapshot, TallyAudit
from ..snapshots.staleness import overdue_at
from ..tallies.declared import TallySet
from ..tallies.ledgers import Unfolded, unfolded


def snapshot_families(snapshot: Snapshot, now: datetime) -> Iterator[Metric]:
    """Yield when the newest snapshot was taken, how long that took, and what it does not know."""
    yield _gauge(
        "snapshot_timestamp_seconds", "When the newest snapshot was taken.", snapshot.created_at.timestamp(), "seconds"
    )
    age = (now - snapshot.created_at).total_seconds()
    yield _gauge("snapshot_age_seconds", "Time since the newest snapshot was taken.", age, "seconds")
    yield _gauge("snapshot_overdue", "1 if a newer snapshot should have been taken.", float(now >= overdue_at(snapshot)))
    yield _gauge("snapshot_interval_seconds", "Time between two scheduled snapshots.", setting("INTERVAL"), "seconds")
    taken_in = snapshot.took_ms / 1000
    yield _gauge("snapshot_duration_seconds", "How long it took to take the newest snapshot.", taken_in, "seconds")
    parts = GaugeMetricFamily(
        f"{PREFIX}_snapshot_part_duration_seconds", "How long a part of it took.", labels=["part"], unit="seconds"
    )
    for part, seconds in snapshot.part_seconds.items():
        parts.add_metric([part], seconds)
    yield parts
    yield _gauge("snapshot_problems", "Values that the newest snapshot does not know.", len(snapshot.problems))
    yield _gauge("live_counts", "Counts that were made from the rows, not by triggers.", len(snapshot.counted_live))


def ledger_families(tallies: TallySet, now: datetime) -> Iterator[Metric]:
    """Yield how many changes are recorded and not added to the running counts yet, and since when."""
    rows = GaugeMetricFamily(
        f"{PREFIX}_ledger_rows", "Changes that are not folded into the running count yet, 100,000 at most.", labels=["count"]
    )
    lag = GaugeMetricFamily(
        f"{PREFIX}_fold_lag_seconds",
        "Time since changes were last folded, 0 if none are waiting.",
        labels=["count"],
        unit="seconds",
    )
    for name, waiting in unfolded(tallies).items():
        rows.add_metric([name], waiting.rows)
        seconds = _lag(waiting, now)
        if seconds is not None:
            lag.add_metric([name], seconds)
    yield rows
    yield lag


def activity_families() -> Iterator[Metric]:
    """Yield how many people were active in the days up to the last midnight, as the history has stored it."""
    people = GaugeMetricFamily(
        f"{PREFIX}_active_people",
        "Different people who were active in the days up to the last midnight, UTC.",
        labels=["activity", "days"],
    )
    for activity, days, number in recent_numbers():
        people.add_metric([activity, str(days)], number)
    yield people


def audit_families() -> Iterator[Metric]:
    """Yield what the last audit of the running counts has found; nothing before the first."""
    audit = TallyAudit.objects.order_by("-began_at").first()
    if audit is not None:
        began_at = audit.began_at.timestamp()
        yield _gauge("audit_timestamp_seconds", "When the running counts were last audited.", began_at, "seconds")
        yield _gauge("audit_differences", "Differences that the last audit has found.", audit.differences)


def response_families() -> Iterator[Metric]:
    """Yield the responses of each running server process; each process reports them with its heartbeat."""
    responses = CounterMetricFamily(
        f"{PREFIX}_api_responses", "Responses of the API, as of the last heartbeat.", labels=["server", "code"]
    )
    for instance in Instance.objects.alive(setting("HEARTBEAT_SECONDS")).order_by("host", "pid"):
        for code, count in instance.responses.items():
            responses.add_metric([f"{instance.host}:{instance.pid}:{instance.key}", code], count)
    yield responses


def task_families() -> Iterator[Metric]:
    """Yield how often each periodic task has failed."""
    failures = CounterMetricFamily(f"{PREFIX}_task_failures", "Failures of a periodic task.", labels=["task"])
    for failed in FailedTask.objects.order_by("task"):
        failures.add_metric([failed.task.removeprefix("statistics_app.")], failed.failures)
    yield failures


def _gauge(name: str, definition: str, value: float, unit: str = "") -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", definition, value=value, unit=unit)


def _lag(waiting: Unfolded, now: datetime) -> float | None:
    if not waiting.rows:
        return 0.0
    return None if waiting.folded_at is None else max((now - waiting.folded_at).total_seconds(), 0.0)
