"""The metrics of the workspace, taken from the newest snapshot."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

from ..catalogue.gauges import GAUGES, PREFIX, Gauge
from ..history.metric import value_at_path


def workspace_families(document: Mapping[str, Any]) -> Iterator[Metric]:
    """Yield the families of a snapshot's document; what the snapshot does not know has no sample."""
    yield from (_family(gauge, document) for gauge in GAUGES)
    languages = GaugeMetricFamily(f"{PREFIX}_users_by_language", "Accounts, by language.", labels=["language"])
    for language, count in (document.get("userLanguages") or {}).items():
        languages.add_metric([language], count)
    yield languages
    described = {"version": document["version"], "unique_id": document["uniqueId"]}
    known = {name: text for name, text in described.items() if text is not None}
    yield InfoMetricFamily(f"{PREFIX}_workspace", "The installation.", value=known)


def _family(gauge: Gauge, document: Mapping[str, Any]) -> Metric:
    """Return the family with a sample for each value that is known."""
    labels = [gauge.label] if gauge.label else []
    family = GaugeMetricFamily(gauge.full_name, gauge.definition, labels=labels, unit=gauge.unit)
    for label, path in gauge.values.items():
        value = _number_at(document, path)
        if value is not None:
            family.add_metric([label] if labels else [], value)
    return family


def _number_at(document: Mapping[str, Any], path: str) -> float | None:
    """Return the number at a path, or seconds since 1970 for a time; None if it is unknown."""
    value = value_at_path(document, path)
    moment = parse_datetime(value) if isinstance(value, str) else None
    return moment.timestamp() if moment else value
