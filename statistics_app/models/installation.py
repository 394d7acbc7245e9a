"""The identity of this installation, how many snapshots it has begun, and what the last one that failed ran into."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from ..serialization import make_id

THE_ONE = 1
MOST_OF_A_FAILURE = 500


class InstallationManager(models.Manager["Installation"]):
    """Finds the only row, and makes it the first time."""

    def the_one(self) -> "Installation":
        """Return this installation, made now if it has no identity yet."""
        return self.get_or_create(pk=THE_ONE)[0]

    def begin_generation(self) -> int:
        """Count one more snapshot begun and return its number, which nobody else gets."""
        self.the_one()
        with transaction.atomic(using=self.db):
            self.filter(pk=THE_ONE).update(generations=F("generations") + 1)
            return self.generations_begun()

    def generations_begun(self) -> int:
        """Return how many snapshots were begun so far: one that is begun later has a greater number."""
        return self.values_list("generations", flat=True).get(pk=self.the_one().pk)

    def note_failure(self, now: datetime, text: str) -> None:
        """Remember what ended the last attempt to take a snapshot, in one line that is not too long."""
        self.filter(pk=self.the_one().pk).update(failed_at=now, failure=" ".join(text.split())[:MOST_OF_A_FAILURE])

    def failure_after(self, moment: datetime) -> str:
        """Return what ended an attempt after a moment, or an empty text."""
        return self.filter(pk=THE_ONE, failed_at__gt=moment).values_list("failure", flat=True).first() or ""


class Installation(models.Model):
    """One row for ever: clients know a workspace by `unique_id`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    unique_id = models.CharField(max_length=17, default=make_id, editable=False)
    installed_at = models.DateTimeField(default=timezone.now, editable=False)
    generations = models.BigIntegerField(default=0, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    failure = models.TextField(blank=True, default="", editable=False)

    objects = InstallationManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=THE_ONE), name="statistics_app_one_installation")]

    def __str__(self) -> str:
        return self.unique_id
