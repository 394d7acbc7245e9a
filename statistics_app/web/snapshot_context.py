"""The numbers of one snapshot, as the workspace's page and a snapshot's own show them."""

from typing import Any
from zoneinfo import ZoneInfo

from ..conf import setting
from ..models import Instance, Snapshot
from ..presentation.cards import cards
from ..presentation.headlines import LABELS, headlines
from .as_of import AsOf, as_of_latest


def latest_context(latest: Snapshot | None, span: str, zone: ZoneInfo) -> dict[str, Any]:
    """Make what the templates need of the latest snapshot; without one there is nothing to be shown."""
    if latest is None:
        return {}
    instances = list(Instance.objects.alive(setting("HEARTBEAT_SECONDS")).order_by("host", "pid"))
    return {**snapshot_context(latest, span, zone), "as_of": as_of_latest(latest), "instances": instances}


def snapshot_context(snapshot: Snapshot, span: str, zone: ZoneInfo) -> dict[str, Any]:
    """Make what the templates need of a snapshot."""
    return {
        "snapshot": snapshot,
        "as_of": AsOf(snapshot),
        "headlines": headlines(snapshot, span, zone),
        "cards": cards(snapshot),
        "spans": LABELS,
    }
