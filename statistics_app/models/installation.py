"""The identity of this installation, and how many snapshots it has begun."""

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from ..wire import make_id

THE_ONE = 1


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


class Installation(models.Model):
    """One row for ever: clients know a workspace by `unique_id`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    unique_id = models.CharField(max_length=17, default=make_id, editable=False)
    installed_at = models.DateTimeField(default=timezone.now, editable=False)
    generations = models.BigIntegerField(default=0, editable=False)

    objects = InstallationManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=THE_ONE), name="statistics_app_one_installation")]

    def __str__(self) -> str:
        return self.unique_id
