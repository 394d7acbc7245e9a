"""Template context for the numbers of one snapshot, shared by the workspace page and the pages of single snapshots."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from ..conf import setting
from ..models import Annotation, Instance, Snapshot
from ..presentation.cards import cards
from ..presentation.headlines import headlines, labels
from .as_of import AsOf, as_of_latest


def latest_context(latest: Snapshot | None, span: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return the template context of the latest snapshot and the running instances; empty if there is no snapshot."""
    if latest is None:
        return {}
    return {**snapshot_context(latest, span, zone), "as_of": as_of_latest(latest), "instances": _instances(latest)}


def snapshot_context(snapshot: Snapshot, span: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return the template context of a snapshot."""
    noted = Annotation.objects.concerning(snapshot.created_at) if snapshot.is_reported else ()
    return {
        "snapshot": snapshot,
        "as_of": AsOf(snapshot),
        "headlines": headlines(snapshot, span, zone),
        "cards": cards(snapshot),
        "spans": labels(),
        "unknown": _by_text(snapshot.problems.items()),
        "annotations": _by_text((one.key, one.text) for one in noted),
    }


def _by_text(notes: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return each text once, with all the keys that it is about."""
    keys: dict[str, list[str]] = {}
    for key, text in notes:
        keys.setdefault(text, []).append(key)
    return list(keys.items())


def _instances(latest: Snapshot) -> list[Instance]:
    """Return the running instances of the server that a snapshot describes; those of a remote one are not known."""
    if latest.is_reported:
        return []
    return list(Instance.objects.alive(setting("HEARTBEAT_SECONDS")).order_by("host", "pid"))
