"""The running server instances: each updates its row at every heartbeat, and one that stops doing so is not counted."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from .snapshot import EMPTY_OBJECT

MISSED_BEATS = 3


class InstanceQuerySet(models.QuerySet["Instance"]):
    """Queries that compare by the database's clock only, since the servers' clocks may differ."""

    def alive(self, heartbeat_seconds: float) -> "InstanceQuerySet":
        """Keep the instances that were updated within the last three heartbeats.

        One from the future, since the clock was set back, is not counted for ever.
        """
        length = timedelta(seconds=heartbeat_seconds * MISSED_BEATS)
        return self.filter(seen_at__gt=Now() - length, seen_at__lt=Now() + length)

    def silent_for(self, seconds: float) -> "InstanceQuerySet":
        """Keep the instances that have not been updated for a number of seconds."""
        length = timedelta(seconds=seconds)
        return self.exclude(seen_at__range=(Now() - length, Now() + length))

    def beat(self, key: str, *, host: str, pid: int, responses: Mapping[str, int]) -> None:
        """Record that an instance is alive now, and its responses by status so far."""
        if not self.filter(pk=key).update(seen_at=Now(), responses=responses):
            self.create(pk=key, host=host, pid=pid, started_at=Now(), seen_at=Now(), responses=responses)


class Instance(models.Model):
    """One server process, from its start until it ends or its heartbeat stops.

    `responses` is the number of the API's responses by status, as of the last heartbeat.
    """

    key = models.CharField(primary_key=True, max_length=17, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    responses = models.JSONField(default=dict, db_default=EMPTY_OBJECT, editable=False)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.host}, process {self.pid}"
