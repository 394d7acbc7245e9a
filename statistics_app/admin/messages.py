"""Messages about a snapshot that was taken with the button "Take a snapshot now"."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from ..catalogue.statistic import Unit
from ..catalogue.statistics import BY_KEY
from ..models import Snapshot
from ..presentation.number_format import format_number
from ..texts import gettext_noop as _

_HEADLINES = {
    "total_messages": (_("messages %(number)s"), Unit.MESSAGES),
    "total_users": (_("users %(number)s"), Unit.USERS),
    "online_users": (_("online %(number)s"), Unit.USERS),
    "total_rooms": (_("rooms %(number)s"), Unit.ROOMS),
}


def add_snapshot_messages(request: HttpRequest, taken: Snapshot) -> None:
    """Add a message with the duration and the main numbers, and a warning if values are unknown."""
    numbers = ", ".join(_numbers(taken))
    form = (
        gettext("A snapshot was taken in %(ms)d ms: %(numbers)s.") if numbers else gettext("A snapshot was taken in %(ms)d ms.")
    )
    messages.success(request, form % {"ms": taken.took_ms, "numbers": numbers})
    if taken.problems:
        form = ngettext(
            "%(number)d value is unknown: %(names)s. See “unknown” for the reasons.",
            "%(number)d values are unknown: %(names)s. See “unknown” for the reasons.",
            len(taken.problems),
        )
        names = ", ".join(gettext(BY_KEY[key].label) for key in taken.problems)
        messages.warning(request, form % {"number": len(taken.problems), "names": names})


def _numbers(taken: Snapshot) -> Iterator[str]:
    for column, (form, unit) in _HEADLINES.items():
        value = getattr(taken, column)
        if value is not None:
            yield gettext(form) % {"number": format_number(value, unit)}
