"""Messages about a snapshot that was taken with the button "Take a snapshot now"."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from ..catalogue.statistic import Unit
from ..catalogue.statistics import BY_KEY
from ..models import Snapshot
from ..presentation.number_format import format_number

_HEADLINES = {
    "total_messages": ("messages", Unit.MESSAGES),
    "total_users": ("users", Unit.USERS),
    "online_users": ("online", Unit.USERS),
    "total_rooms": ("rooms", Unit.ROOMS),
}


def add_snapshot_messages(request: HttpRequest, taken: Snapshot) -> None:
    """Add a message with the duration and the main numbers, and a warning if values are unknown."""
    numbers = ", ".join(_numbers(taken))
    messages.success(request, f"A snapshot was taken in {taken.took_ms} ms{': ' if numbers else ''}{numbers}.")
    if taken.problems:
        count = ngettext("%d value is unknown", "%d values are unknown", len(taken.problems)) % len(taken.problems)
        names = ", ".join(BY_KEY[key].label for key in taken.problems)
        messages.warning(request, f"{count}: {names}. See “unknown” for the reasons.")


def _numbers(taken: Snapshot) -> Iterator[str]:
    for column, (word, unit) in _HEADLINES.items():
        value = getattr(taken, column)
        if value is not None:
            yield f"{word} {format_number(value, unit)}"
