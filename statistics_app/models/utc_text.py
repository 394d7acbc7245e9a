"""How times are written for people: to the second; in the admin and in the names of objects in UTC."""

from datetime import UTC, datetime

from django.utils import formats
from django.utils.translation import gettext

from ..texts import gettext_noop as _

TIME_FORMAT = _("j M Y, H:i:s")


def utc_text(moment: datetime | None) -> str:
    """Return a time in UTC as text; a dash for none."""
    return formats.date_format(moment.astimezone(UTC), gettext(TIME_FORMAT)) if moment else "–"
