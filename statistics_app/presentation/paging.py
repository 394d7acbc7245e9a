"""Pages of the list of snapshots."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator

from ..models import SnapshotDay, TimeRange
from ..models.snapshot import NEWEST_FIRST


class SnapshotPaginator(Paginator):
    """A paginator of snapshots. A list of all of them, newest first, finds its pages by the numbers of snapshots by day."""

    object_list: Any

    @cached_property
    def count(self) -> int:
        """The number of snapshots in the list."""
        return SnapshotDay.objects.using(self.object_list.db).number_in(TimeRange()) if self._has_all else super().count

    def page(self, number: int | str) -> Page:
        """Return a page by its number."""
        number = self.validate_number(number)
        if not self._has_all:
            return super().page(number)
        days = SnapshotDay.objects.using(self.object_list.db)
        rows = days.page(TimeRange(), (number - 1) * self.per_page, self.per_page).without_documents()
        return Page(rows, number, self)

    @property
    def _has_all(self) -> bool:
        query = self.object_list.query
        # The admin repeats the order that it is given.
        return not query.where and tuple(dict.fromkeys(query.order_by)) == NEWEST_FIRST
