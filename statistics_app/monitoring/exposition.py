"""All metrics as text for Prometheus, in its own format or in OpenMetrics."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from ..models import Snapshot
from ..tallies.source import tallied_source
from .service import activity_families, audit_families, ledger_families, response_families, snapshot_families, task_families
from .workspace import workspace_families


def exposition(accept: str) -> tuple[bytes, str]:
    """Return the metrics and their media type, in the format that an `Accept` header asks for."""
    encode, media_type = choose_encoder(accept)
    return encode(_Metrics()), media_type


class _Metrics(Collector):
    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        snapshot = Snapshot.objects.latest_taken()
        if snapshot is not None:
            yield from workspace_families(snapshot.document)
            yield from snapshot_families(snapshot, now)
        yield from ledger_families(tallied_source(now).tallies, now)
        yield from activity_families()
        yield from audit_families()
        yield from response_families()
        yield from task_families()
