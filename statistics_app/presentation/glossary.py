"""The definitions of all numbers, by subject."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from ..catalogue.statistic import Group, Statistic
from ..catalogue.statistics import CATALOGUE
from ..history.metric import Metric
from ..history.metrics import METRICS


@dataclass(frozen=True, slots=True)
class Term:
    """One number: its label, its key in the API, its definition, and whether it can be charted."""

    label: str
    key: str
    definition: str
    is_charted: bool


def glossary() -> Iterator[tuple[str, list[Term]]]:
    """Yield each group with its terms: the statistics in wire order, then the metrics that are not statistics."""
    charted = {metric.key for metric in METRICS}
    statistics = [statistic for statistic in CATALOGUE if not statistic.alias_of]
    defined: tuple[Statistic | Metric, ...] = (*statistics, *METRICS)
    terms = {
        one.key: (one.group, Term(gettext(one.label), one.key, gettext(one.definition), one.key in charted)) for one in defined
    }
    for group in Group:
        yield gettext(group), [term for group_of_term, term in terms.values() if group_of_term is group]
