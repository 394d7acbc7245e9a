"""Names of files of series: what is in them, from when to when, and in which time zone."""

from collections.abc import Iterable

from ..history.metric import Metric
from ..history.points import HistoryRange

# The names of more metrics would make a file name too long.
_MAX_NAMED = 2


def series_file_stem(metrics: Iterable[Metric], history_range: HistoryRange) -> str:
    """Return the name of a file of series, without its extension."""
    keys = [metric.key for metric in metrics]
    return file_stem("-".join(keys) if len(keys) <= _MAX_NAMED else f"{len(keys)}-metrics", history_range)


def file_stem(content: str, history_range: HistoryRange) -> str:
    """Return the name of a file, without its extension, of ASCII letters, digits, `-`, `_` and `.` only.

    The last date is that of the last step.
    """
    first, last = (
        start.astimezone(history_range.zone).date().isoformat() for start in (history_range.starts[0], history_range.starts[-1])
    )
    return f"statistics_{content}_{first}_{last}_{history_range.zone.key.replace('/', '-').replace('+', '')}"
