"""What every number means, by subject."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..catalogue.statistics import CATALOGUE, Group, Statistic
from ..history.metric import Metric
from ..history.metrics import METRICS


@dataclass(frozen=True, slots=True)
class Term:
    """One number: its label, its key in the API, its definition, and whether it has a history."""

    label: str
    key: str
    definition: str
    is_charted: bool


def glossary() -> Iterator[tuple[Group, list[Term]]]:
    """Yield the groups with their terms: the statistics in wire order, then what else the history knows."""
    charted = {metric.key for metric in METRICS}
    shown = [statistic for statistic in CATALOGUE if not statistic.alias_of]
    described: tuple[Statistic | Metric, ...] = (*shown, *METRICS)
    terms = {one.key: (one.group, Term(one.label, one.key, one.definition, one.key in charted)) for one in described}
    for group in Group:
        yield group, [term for found, term in terms.values() if found is group]
