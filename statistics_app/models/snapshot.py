"""A snapshot: the statistics at one point in time, stored byte for byte as clients receive them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from ..serialization import LONGEST_ID, SERVER_LENGTH, make_id, to_json
from .snapshot_days import SnapshotDay
from .step_query import SpanQuery, TimedTable, midnight_of, steps
from .time_range import BEGINNING, END, TimeRange
from .utc_text import utc_text

# The totals that SQL, the admin and lists read without parsing the document: the column, and the key in the document.
HEADLINES = {
    "total_users": "totalUsers",
    "active_users": "activeUsers",
    "online_users": "onlineUsers",
    "total_rooms": "totalRooms",
    "total_messages": "totalMessages",
    "uploads_size": "uploadsTotalSize",
}

NEWEST_FIRST, OLDEST_FIRST = ("-created_at", "-pk"), ("created_at", "pk")
# What older processes store during an upgrade, which do not know the column.
EMPTY_OBJECT = models.Value({}, models.JSONField())
_SUCCESS = ',"success":true}'


class Origin(models.TextChoices):
    """Why a snapshot was taken."""

    SCHEDULE = "schedule", _("scheduled")
    REFRESH = "refresh", _("refreshed")
    START = "start", _("at start")
    COMMAND = "command", _("by command")
    IMPORT = "import", _("imported")


class Counting(models.TextChoices):
    """How the rows were counted for a snapshot, or that another server has counted them."""

    TALLIES = "tallies", _("running counts")
    LIVE = "live", _("counted")
    MIXED = "mixed", _("partly counted")
    REPORTED = "reported", _("as reported by the server")


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Queries of snapshots."""

    def newest_first(self) -> "SnapshotQuerySet":
        """Order by time, newest first, and by id within one millisecond, so that pages never overlap."""
        return self.order_by(*NEWEST_FIRST)

    def oldest_first(self) -> "SnapshotQuerySet":
        """Order by time, oldest first."""
        return self.order_by(*OLDEST_FIRST)

    def taken(self) -> "SnapshotQuerySet":
        """Keep those that this app took, not those that were imported."""
        return self.filter(number__isnull=False)

    def latest_taken(self) -> "Snapshot | None":
        """Return the snapshot that was begun last, regardless of the clock; imported ones are ignored."""
        return self.taken().order_by("-number").first()

    def begun_after(self, number: int) -> "SnapshotQuerySet":
        """Keep those that were begun after the snapshot with a given number."""
        return self.filter(number__gt=number)

    def streamed(self) -> Iterator["Snapshot"]:
        """Yield all, oldest first, fetching them in chunks."""
        return self.oldest_first().iterator(chunk_size=500)

    def without_documents(self) -> "SnapshotQuerySet":
        """Defer loading of the documents, which lists do not need."""
        return self.defer("body")

    def without_contents(self) -> "SnapshotQuerySet":
        """Load only when they were taken, and who counted."""
        return self.only("created_at", "counting", "server")

    def has_one_server(self) -> bool:
        """Return whether no two of them were counted by different servers."""
        kinds = self.order_by().values_list("server", "counting").distinct()
        snapshots = [Snapshot(server=server, counting=counting) for server, counting in kinds]
        return not any(one.is_of_other_server(other) for one in snapshots for other in snapshots)

    def neighbours_of(self, snapshot: "Snapshot") -> "tuple[Snapshot | None, Snapshot | None]":
        """Return the previous and the next snapshot in time."""
        return self.right_before(snapshot), self.right_after(snapshot)

    def right_before(self, snapshot: "Snapshot") -> "Snapshot | None":
        """Return the previous snapshot: the one that follows it in a list with the newest first."""
        earlier = models.Q(created_at__lt=snapshot.created_at)
        return self.filter(earlier | models.Q(created_at=snapshot.created_at, pk__lt=snapshot.pk)).newest_first().first()

    def right_after(self, snapshot: "Snapshot") -> "Snapshot | None":
        """Return the next snapshot: the one that precedes it in a list with the newest first."""
        later = models.Q(created_at__gt=snapshot.created_at)
        same = models.Q(created_at=snapshot.created_at, pk__gt=snapshot.pk)
        return self.filter(later | same).newest_first().last()

    def not_rolled_up(self) -> "SnapshotQuerySet":
        """Keep those that are not in the history yet, oldest first."""
        return self.filter(is_rolled_up=False).oldest_first()

    def rolled_up(self) -> "SnapshotQuerySet":
        """Keep those that are in the history."""
        return self.filter(is_rolled_up=True)

    def up_to(self, moment: datetime) -> "SnapshotQuerySet":
        """Keep those taken at or before a given time."""
        return self.filter(created_at__lte=moment)

    def taken_before(self, moment: datetime) -> "SnapshotQuerySet":
        """Keep those taken before a given time."""
        return self.filter(created_at__lt=moment)

    def taken_between(self, since: datetime | None, until: datetime | None) -> "SnapshotQuerySet":
        """Keep those of a range, both ends included; None leaves that end open."""
        snapshots = self if since is None else self.since(since)
        return snapshots if until is None else snapshots.up_to(until)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them, and count those that are left of their days again."""
        with transaction.atomic(using=self.db):
            days = {midnight_of(moment) for moment in self.values_list("created_at", flat=True)}
            deleted = super().delete()
            SnapshotDay.objects.using(self.db).sum_up(days)
        return deleted

    def within(self, time_range: TimeRange) -> "SnapshotQuerySet":
        """Keep those of a time range, whose end is excluded."""
        since, until = time_range.since, time_range.until
        later = self if since == BEGINNING else self.filter(created_at__gte=since)
        return later if until == END else later.filter(created_at__lt=until)

    def nearest(self, time_range: TimeRange) -> "Snapshot | None":
        """Return the last one of a time range, whose end is excluded; if there is none, the last before it, else the first."""
        before = self.taken_before(time_range.until).newest_first().first()
        return before or self.oldest_first().first()

    def last_in_each(self, bounds: Sequence[datetime]) -> dict[int, "Snapshot"]:
        """Return the last snapshot of each step, by the step's number."""
        query, rank = SpanQuery(self.db), "row_number() OVER (PARTITION BY i ORDER BY created_at DESC, id DESC)"
        placed = query.placed(steps(bounds), TimedTable(self.model, "created_at"), "id, created_at")
        rows = query.select(f"SELECT i, id, {rank} FROM {{placed}}", placed)
        step_of = {key: i for i, key, rank in rows if rank == 1}
        return {step_of[snapshot.pk]: snapshot for snapshot in self.filter(pk__in=step_of)}

    def datetimes(self, field_name: str, kind: Any, order: Any = "ASC", tzinfo: tzinfo | None = None) -> Any:
        """Return the local years, months or days with snapshots, as the admin's hierarchy of dates asks for them.

        Each costs one look-up of the next snapshot by the index; Django would truncate the times of all.
        """
        if kind not in {"year", "month", "day"}:
            return super().datetimes(field_name, kind, order, tzinfo)
        zone, snapshots = tzinfo or get_current_timezone(), self.order_by(field_name)
        found: list[datetime] = []
        while moment := snapshots.values_list(field_name, flat=True).first():
            start, end = _period(moment.astimezone(zone), kind)
            found.append(start)
            snapshots = snapshots.filter(**{f"{field_name}__gte": end})
        return found if order == "ASC" else found[::-1]

    def since(self, moment: datetime) -> "SnapshotQuerySet":
        """Keep those taken at or after a given time."""
        return self.filter(created_at__gte=moment)


def _period(local: datetime, kind: str) -> tuple[datetime, datetime]:
    """Return the start and the end of the local year, month or day that contains a time."""
    start = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if kind == "day":
        return start, start + timedelta(days=1)
    start = start.replace(day=1) if kind == "month" else start.replace(month=1, day=1)
    following = start + timedelta(days=32 if kind == "month" else 366)
    return start, following.replace(day=1)


def null_first(column: str) -> models.Func:
    """Return an expression that sorts by a column with totals, null before all values, and that has an index."""
    # The number is part of the text, since SQLite uses no index on an expression for one with a parameter.
    return models.Func(column, template="COALESCE(%(expressions)s, -1)", output_field=models.BigIntegerField())


class Snapshot(models.Model):
    """The statistics at one point in time.

    `body` is the complete response; other columns repeat the values that lists need. `part_seconds` is how long each question
    took, and what was done around them. `server` tells the server that counted from others; it is empty if that is not known.
    """

    id = models.CharField(_("id"), primary_key=True, max_length=LONGEST_ID, default=make_id, editable=False)
    number = models.BigIntegerField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), db_index=True)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    slot = models.DateTimeField(null=True, blank=True, unique=True)
    took_ms = models.PositiveIntegerField()
    part_seconds = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True, editable=False)
    host = models.CharField(_("host"), max_length=255)
    server = models.CharField(max_length=SERVER_LENGTH, blank=True, default="", db_default="", editable=False)
    problems = models.JSONField(default=dict, blank=True)
    counting = models.CharField(_("counting"), max_length=8, choices=Counting, default=Counting.LIVE)
    counted_live = models.JSONField(default=dict, blank=True)
    body = models.TextField()
    is_rolled_up = models.BooleanField(default=False, editable=False)

    total_users = models.BigIntegerField(null=True, editable=False)
    active_users = models.BigIntegerField(null=True, editable=False)
    online_users = models.BigIntegerField(null=True, editable=False)
    total_rooms = models.BigIntegerField(null=True, editable=False)
    total_messages = models.BigIntegerField(null=True, editable=False)
    uploads_size = models.BigIntegerField(null=True, editable=False)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        permissions = [("view_statistics", "Can view the workspace's statistics")]
        indexes = [
            models.Index(fields=["origin", "-created_at"], name="statistics_snapshot_origin"),
            models.Index(fields=["created_at"], condition=models.Q(is_rolled_up=False), name="statistics_snapshot_new"),
            models.Index(fields=["server", "counting"], name="statistics_snapshot_server"),
            *(models.Index(null_first(column), "id", name=f"statistics_by_{column}") for column in HEADLINES),
        ]

    def __str__(self) -> str:
        return f"{utc_text(self.created_at)} UTC ({self.get_origin_display()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the snapshot with its headline columns set from the document, so that they always agree with it."""
        self.set_headlines()
        super().save(*args, **kwargs)

    def set_headlines(self) -> None:
        """Set the headline columns from the document."""
        self.__dict__.pop("document", None)
        for column, key in HEADLINES.items():
            setattr(self, column, self.document.get(key))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the snapshot, and count those that are left of its day again."""
        with transaction.atomic(using=kwargs.get("using") or self._state.db):
            deleted = super().delete(*args, **kwargs)
            SnapshotDay.objects.using(kwargs.get("using") or self._state.db).sum_up([midnight_of(self.created_at)])
        return deleted

    @cached_property
    def document(self) -> dict[str, Any]:
        """The statistics by wire key, in wire order."""
        document = json.loads(self.body)
        document.pop("success", None)
        return document

    @property
    def is_imported(self) -> bool:
        """Whether another server counted it."""
        return self.origin == Origin.IMPORT

    @property
    def is_reported(self) -> bool:
        """Whether another server counted it, be it imported or asked for."""
        return self.counting == Counting.REPORTED

    def is_of_other_server(self, other: "Snapshot") -> bool:
        """Return whether another server counted than for another snapshot, so that nothing is to be subtracted.

        Where the servers of old snapshots are not known, it is another one if only one of the two was reported.
        """
        if self.server and other.server:
            return self.server != other.server
        return self.is_reported != other.is_reported

    @property
    def readable(self) -> str:
        """The document as indented JSON, for display."""
        return json.dumps(self.document, indent=2, ensure_ascii=False)

    @property
    def body_in_list(self) -> str:
        """The document as an element of a list: the same text, without the `success` of the response."""
        return self.body.removesuffix(_SUCCESS) + "}"

    @staticmethod
    def body_of(document: dict[str, Any]) -> str:
        """Return the body of the response to clients for a document."""
        return to_json(document).removesuffix("}") + _SUCCESS
