"""What the charts of activity show."""

from collections.abc import Iterator, Mapping, Sequence

from ..history.activity import GONE_AFTER
from ..history.activity_metrics import ActivityMetrics
from ..history.activity_steps import WINDOWS
from ..history.message_shares import MESSAGE_SHARES
from ..history.metric import Metric
from ..history.metrics import ROOM_KIND_NAMES, SENT_BY_KIND
from ..history.points import Point
from ..history.steps import Step
from .columns import Drawing

Series = Mapping[Metric, Sequence[Point]]
_KINDS = {f"sent{name}Messages": f"{where[0].upper()}{where[1:]}" for name, where in ROOM_KIND_NAMES.values()}


def drawings_of_people(metrics: ActivityMetrics, series: Series, step: Step) -> Iterator[Drawing]:
    """Yield the charts that show who was active."""
    who, machines = metrics.people.label, _used([metrics.machines], series)
    title = f"{who}{', and bots' if machines else ''}, by {step}"
    yield Drawing(name="people", title=title, metrics=[metrics.people, *machines])
    averages = "" if step is Step.DAY else f" Averages of the days of each {step}."
    yield Drawing(
        name="windows",
        title=f"{who} in 1, 7 and {WINDOWS[-1]} days",
        metrics=metrics.windows,
        labels={metric.key: f"{days} day{'s'[: days - 1]}" for metric, days in zip(metrics.windows, WINDOWS, strict=True)},
        note=f"People active in the 1, 7 and {WINDOWS[-1]} days up to the end of each day (DAU, WAU, MAU).{averages}",
        are_bars=False,
    )
    yield Drawing(
        name="movement",
        title=f"People who came and went, by {step}",
        metrics=metrics.came,
        note=(
            f"New: the first message ever. Came back: the first after more than {GONE_AFTER} days. "
            f"Gone, below the line: the last one was {GONE_AFTER} days before."
        ),
        below=[metrics.gone],
    )
    yield Drawing(
        name="stickiness",
        title="Stickiness",
        metrics=[metrics.stickiness],
        note=f"People of a day as a share of those of {WINDOWS[-1]} days (DAU ÷ MAU).{averages}",
        are_bars=False,
    )


def drawings_of_messages(metrics: ActivityMetrics, series: Series, step: Step) -> Iterator[Drawing]:
    """Yield the charts that show how much was written; that for each person only if it is known who wrote."""
    yield drawing_of_sent(series, step)
    if shares := _used(MESSAGE_SHARES, series):
        yield Drawing(
            name="shares",
            title=f"Messages {' and '.join(metric.label[0].lower() + metric.label[1:] for metric in shares)}, by {step}",
            metrics=shares,
            note="As shares of all messages. One in a thread within a discussion is in both.",
            are_bars=False,
        )
    if metrics.per_person in series:
        yield Drawing(
            name="per-person",
            title=f"Messages per person, by {step}",
            metrics=[metrics.per_person],
            note="Messages, also those of bots and apps, divided by the number of people.",
        )


def drawing_of_sent(series: Series, step: Step) -> Drawing:
    """Return the chart of messages by kind of room; kinds without any are left out."""
    return Drawing(
        name="messages",
        title=f"Messages sent, by {step}",
        metrics=_used(SENT_BY_KIND, series) or SENT_BY_KIND[:1],
        labels=_KINDS,
        note="Also those that were removed since.",
    )


def _used(metrics: Sequence[Metric], series: Series) -> list[Metric]:
    """Return the metrics that are not 0 all the time."""
    return [metric for metric in metrics if any(point.value for point in series[metric])]
