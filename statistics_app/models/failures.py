"""How often each periodic task, and the snapshot of each slot, has failed, with the last error."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F

MAX_ERROR_LENGTH = 500


class FailureManager(models.Manager[Any]):
    """Recording of failures."""

    def record(self, key: Any, now: datetime, error: str) -> None:
        """Count a failure under a primary key, and store its error in one line of limited length."""
        last = {"failed_at": now, "error": " ".join(error.split())[:MAX_ERROR_LENGTH]}
        self.update_or_create(pk=key, defaults={**last, "failures": F("failures") + 1}, create_defaults={**last, "failures": 1})


class Failures(models.Model):
    """A number of failures, which never falls, and the last of them."""

    failures = models.PositiveIntegerField()
    failed_at = models.DateTimeField()
    error = models.TextField(blank=True)

    objects = FailureManager()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}: {self.failures}"


class FailedTask(Failures):
    """A task that has failed at least once."""

    task = models.CharField(primary_key=True, max_length=100, editable=False)


class FailedSlot(Failures):
    """A slot in which an attempt to take a snapshot has failed; whether a later one succeeded, the snapshots tell."""

    slot = models.DateTimeField(primary_key=True, editable=False)
