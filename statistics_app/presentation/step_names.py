"""The names of steps, as they stand after "by", "per" and "each"."""

from django.utils.translation import pgettext

from ..history.request import AUTO
from ..history.steps import Step


def step_name(step: str) -> str:
    """Return the name of a step, or of the choice of one that fits the range."""
    return {
        AUTO: pgettext("step", "auto"),
        Step.QUARTER_HOUR: pgettext("step", "15 minutes"),
        Step.HOUR: pgettext("step", "hour"),
        Step.DAY: pgettext("step", "day"),
        Step.WEEK: pgettext("step", "week"),
        Step.MONTH: pgettext("step", "month"),
        Step.QUARTER: pgettext("step", "quarter"),
        Step.YEAR: pgettext("step", "year"),
    }[step]
