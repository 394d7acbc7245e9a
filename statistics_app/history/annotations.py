"""What is to be known of the values of metrics in a time range: where an imported server counted something else."""

from collections.abc import Iterable

from ..models import Annotation, TimeRange
from .metric import Metric
from .points import HistoryRange

# A metric, and what is said of its values in a time.
Annotated = tuple[Metric, Annotation]


def annotations_of(metrics: Iterable[Metric], history_range: HistoryRange) -> list[Annotated]:
    """Return the annotations that concern a time range, in the order of time."""
    by_key = {metric.key: metric for metric in metrics}
    within = TimeRange(history_range.bounds[0], history_range.bounds[-1])
    found = Annotation.objects.using(history_range.using).within(by_key, within)
    return [(by_key[annotation.key], annotation) for annotation in found]
