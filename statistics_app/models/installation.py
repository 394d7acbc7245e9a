"""The identity of this installation, the number of snapshots it has begun, the last failure, and when old ones were removed."""

from datetime import datetime

from django.db import models, router, transaction
from django.db.models import F
from django.utils import timezone

from ..db.primary import on_primary
from ..serialization import make_id

THE_ONE = 1
MAX_FAILURE_LENGTH = 500


class InstallationManager(models.Manager["Installation"]):
    """Access to the only row of the table, which is created on first use."""

    def the_one(self) -> "Installation":
        """Return this installation; create it if it does not exist yet."""
        return self.get_or_create(pk=THE_ONE)[0]

    def begin_generation(self) -> int:
        """Increment the number of snapshots begun and return it; no other caller gets the same number."""
        using = router.db_for_write(self.model)
        while True:
            with transaction.atomic(using=using):
                if self.filter(pk=THE_ONE).update(generations=F("generations") + 1):
                    return self.generations_begun()
            # In a transaction of its own: MariaDB locks the place of a row that is missing, also against who would add it.
            self.the_one()

    def generations_begun(self) -> int:
        """Return how many snapshots have been begun so far; a snapshot that is begun later has a greater number."""
        return on_primary(self).values_list("generations", flat=True).filter(pk=THE_ONE).first() or 0

    def record_failure(self, now: datetime, text: str) -> None:
        """Store the error of the last failed attempt to take a snapshot, in one line of limited length."""
        self.filter(pk=self.the_one().pk).update(failed_at=now, failure=" ".join(text.split())[:MAX_FAILURE_LENGTH])

    def record_pruning(self, now: datetime) -> None:
        """Note that old snapshots were removed."""
        self.filter(pk=self.the_one().pk).update(pruned_at=now)

    def failure_after(self, moment: datetime) -> str:
        """Return the error of the last failed attempt if it failed after a given time, otherwise an empty text."""
        return self.filter(pk=THE_ONE, failed_at__gt=moment).values_list("failure", flat=True).first() or ""


class Installation(models.Model):
    """The installation: one row, never removed; clients identify a workspace by its `unique_id`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    unique_id = models.CharField(max_length=17, default=make_id, editable=False)
    installed_at = models.DateTimeField(default=timezone.now, editable=False)
    generations = models.BigIntegerField(default=0, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    failure = models.TextField(blank=True, default="", editable=False)
    pruned_at = models.DateTimeField(null=True, editable=False)

    objects = InstallationManager()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=THE_ONE), name="statistics_app_one_installation")]

    def __str__(self) -> str:
        return self.unique_id
