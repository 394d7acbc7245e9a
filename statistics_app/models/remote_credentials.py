"""The account that asks a remote server for its statistics, where the settings do not name one."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

THE_ONE = 1
LONGEST_ADDRESS = 500


class RemoteCredentialsManager(models.Manager["RemoteCredentials"]):
    """Access to the only row of the table."""

    def stored(self) -> "RemoteCredentials | None":
        """Return the stored account; None if there is none."""
        return self.filter(pk=THE_ONE).first()

    def store(self, url: str, user_id: str, encrypted_token: str, now: datetime) -> None:
        """Store an account in place of the former one."""
        values = {"url": url, "user_id": user_id, "encrypted_token": encrypted_token, "stored_at": now, "encrypted_at": now}
        self.update_or_create(pk=THE_ONE, defaults=values)


class RemoteCredentials(models.Model):
    """An account at a remote server: one row. The token is encrypted with keys that the database does not have.

    `stored_at` is when somebody entered it, `encrypted_at` when it was last encrypted.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    url = models.CharField(_("address"), max_length=LONGEST_ADDRESS)
    user_id = models.CharField(_("user ID"), max_length=200)
    encrypted_token = models.TextField(editable=False)
    stored_at = models.DateTimeField()
    encrypted_at = models.DateTimeField()

    objects = RemoteCredentialsManager()

    class Meta:
        # Only superusers see it in the admin.
        default_permissions = ()
        verbose_name = _("account at the remote server")
        verbose_name_plural = _("account at the remote server")
        constraints = [models.CheckConstraint(condition=models.Q(pk=THE_ONE), name="statistics_app_one_remote_account")]

    def __str__(self) -> str:
        return gettext("%(user)s at %(server)s") % {"user": self.user_id, "server": self.url}
