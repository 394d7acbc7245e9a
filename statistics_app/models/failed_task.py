"""How often each periodic task has failed, and its last error."""

from datetime import datetime

from django.db import models
from django.db.models import F

MAX_ERROR_LENGTH = 500


class FailedTaskManager(models.Manager["FailedTask"]):
    """Recording of failures."""

    def record(self, task: str, now: datetime, error: str) -> None:
        """Count a failure of a task, and store its error in one line of limited length."""
        last = {"failed_at": now, "error": " ".join(error.split())[:MAX_ERROR_LENGTH]}
        self.update_or_create(
            task=task, defaults={**last, "failures": F("failures") + 1}, create_defaults={**last, "failures": 1}
        )


class FailedTask(models.Model):
    """A task that has failed at least once; `failures` never falls."""

    task = models.CharField(primary_key=True, max_length=100, editable=False)
    failures = models.PositiveIntegerField()
    failed_at = models.DateTimeField()
    error = models.TextField(blank=True)

    objects = FailedTaskManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.task}: {self.failures}"
