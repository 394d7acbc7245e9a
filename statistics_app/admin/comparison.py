"""The table of a snapshot's changes since the previous one."""

from datetime import UTC

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from ..models import Snapshot
from ..presentation.comparison import changed_rows


def changes_since_previous(snapshot: Snapshot) -> SafeString:
    """Return the table of changes since the previous snapshot as HTML; times are in UTC, as everywhere in the admin."""
    earlier = Snapshot.objects.right_before(snapshot)
    with timezone.override(UTC):
        rows = changed_rows(earlier, snapshot) if earlier else []
        return render_to_string("statistics_app/admin/changed.html", {"earlier": earlier, "rows": rows})
