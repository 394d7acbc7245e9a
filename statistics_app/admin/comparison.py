"""The table of a snapshot's changes since the previous one."""

from datetime import UTC

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from ..models import Snapshot
from ..presentation.comparison import changes_since


def changes_since_previous(snapshot: Snapshot) -> SafeString:
    """Return the table of changes since the previous snapshot as HTML; times are in UTC, as everywhere in the admin."""
    with timezone.override(UTC):
        changes = changes_since(Snapshot.objects.right_before(snapshot), snapshot)
        return render_to_string("statistics_app/admin/changed.html", {"changes": changes})
