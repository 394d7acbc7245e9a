"""Imported accounts: they cannot be used to sign in, and their usernames are unique."""

from dataclasses import dataclass

from ..models import User
from .batch import Batch
from .collection import Collection

# Starts like every unusable password, and is constant so that a repeated import changes nothing.
IMPORTED_PASSWORD = "!imported"  # noqa: S105 - no password has this hash


@dataclass(frozen=True, slots=True)
class AccountCollection(Collection):
    """A collection that is loaded into the accounts."""

    def reject_conflicts(self, batch: Batch) -> None:
        """Reject an account whose username belongs to a local account or to an earlier account of the batch."""
        usernames = {row["username"] for _, row in batch.mapped}
        local = User.objects.exclude(password=IMPORTED_PASSWORD).filter(username__in=usernames)
        owners = dict(local.values_list("username", "pk"))
        batch.reject_unless(
            lambda row: owners.setdefault(row["username"], row["id"]) == row["id"], "another account has this username"
        )

    def before_write(self, batch: Batch) -> None:
        """Rename imported accounts whose username now belongs to an account of the batch.

        Their own new username is written when their document is loaded.
        """
        owners = {row["username"]: row["id"] for row in batch.rows()}
        for user in User.objects.filter(username__in=owners, password=IMPORTED_PASSWORD).only("pk", "username"):
            if owners[user.username] != user.pk:
                User.objects.filter(pk=user.pk).update(username=f"{user.username[:80]}~{user.pk}")
