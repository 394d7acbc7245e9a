"""What the charts of activity show."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext, ngettext

from ..history.activity_metrics import ActivityMetrics
from ..history.activity_steps import WINDOWS
from ..history.message_shares import MESSAGE_SHARES
from ..history.metric import Metric
from ..history.metrics import SENT_BY_KIND
from ..history.points import Point
from ..history.steps import Step
from ..texts import gettext_noop as _
from .columns import Drawing
from .step_names import step_name

Series = Mapping[Metric, Sequence[Point]]
_KINDS = {
    "sentChannelMessages": _("In channels"),
    "sentPrivateGroupMessages": _("In private groups"),
    "sentDirectMessages": _("In direct rooms"),
    "sentLivechatMessages": _("In livechat"),
}
_SHARES = {
    ("shareInThreads",): _("Messages in threads, by %(step)s"),
    ("shareInDiscussions",): _("Messages in discussions, by %(step)s"),
    ("shareInThreads", "shareInDiscussions"): _("Messages in threads and in discussions, by %(step)s"),
}


def drawings_of_people(metrics: ActivityMetrics, series: Series, step: Step) -> Iterator[Drawing]:
    """Yield the charts that show who was active."""
    who, machines = gettext(metrics.people.label), _used([metrics.machines], series)
    names = {"people": who, "step": step_name(step)}
    title = gettext("%(people)s, and bots, by %(step)s") if machines else gettext("%(people)s, by %(step)s")
    yield Drawing(name="people", title=title % names, metrics=[metrics.people, *machines])
    averages = "" if step is Step.DAY else " " + gettext("Averages of the days of each %(step)s.") % names
    yield Drawing(
        name="windows",
        title=gettext("%(people)s in 1, 7 and 28 days") % names,
        metrics=metrics.windows,
        labels={
            metric.key: ngettext("%d day", "%d days", days) % days
            for metric, days in zip(metrics.windows, WINDOWS, strict=True)
        },
        note=gettext("People active in the 1, 7 and 28 days up to the end of each day (DAU, WAU, MAU).") + averages,
        are_bars=False,
    )
    yield Drawing(
        name="movement",
        title=gettext("People who came and went, by %(step)s") % names,
        metrics=metrics.came,
        note=gettext(
            "New: the first message ever. Came back: the first after more than 28 days. "
            "Gone, below the line: the last one was 28 days before."
        ),
        below=[metrics.gone],
    )
    yield Drawing(
        name="stickiness",
        title=gettext("Stickiness"),
        metrics=[metrics.stickiness],
        note=gettext("People of a day as a share of those of 28 days (DAU ÷ MAU).") + averages,
        are_bars=False,
    )


def drawings_of_messages(metrics: ActivityMetrics, series: Series, step: Step) -> Iterator[Drawing]:
    """Yield the charts that show how much was written; that for each person only if it is known who wrote."""
    names = {"step": step_name(step)}
    yield drawing_of_sent(series, step)
    if shares := _used(MESSAGE_SHARES, series):
        yield Drawing(
            name="shares",
            title=gettext(_SHARES[tuple(metric.key for metric in shares)]) % names,
            metrics=shares,
            note=gettext("As shares of all messages. One in a thread within a discussion is in both."),
            are_bars=False,
        )
    if metrics.per_person in series:
        yield Drawing(
            name="per-person",
            title=gettext("Messages per person, by %(step)s") % names,
            metrics=[metrics.per_person],
            note=gettext("Messages, also those of bots and apps, divided by the number of people."),
        )


def drawing_of_sent(series: Series, step: Step) -> Drawing:
    """Return the chart of messages by kind of room; kinds without any are left out."""
    return Drawing(
        name="messages",
        title=gettext("Messages sent, by %(step)s") % {"step": step_name(step)},
        metrics=_used(SENT_BY_KIND, series) or SENT_BY_KIND[:1],
        labels={key: gettext(label) for key, label in _KINDS.items()},
        note=gettext("Also those that were removed since."),
    )


def _used(metrics: Sequence[Metric], series: Series) -> list[Metric]:
    """Return the metrics that are not 0 all the time."""
    return [metric for metric in metrics if any(point.value for point in series[metric])]
