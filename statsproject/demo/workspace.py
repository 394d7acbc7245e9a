"""The demonstration's data: tables, people, a way in."""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from statistics_app.accounts.tokens import issue_personal_token
from statistics_app.conf import setting
from statistics_app.models import AccessToken, Snapshot
from statsproject.chat.models import User
from statsproject.chat.seeding.people import ADMIN, VISITOR

TOKEN_NAME = "demo"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a newcomer needs; the names are those of var/demo.json."""

    url: str
    username: str
    password: str
    userId: str  # noqa: N815
    authToken: str  # noqa: N815
    plainUsername: str  # noqa: N815
    plainPassword: str  # noqa: N815

    def as_dict(self) -> dict[str, str]:
        """Return all of it by name."""
        return asdict(self)


def prepare_tables() -> None:
    """Make the tables, fill them, and rebuild the two years that they tell of."""
    call_command("migrate", verbosity=0)
    call_command("seed_workspace")
    # What the seed has just changed is told first, or the rebuilt past would be counted twice.
    call_command("roll_up_history")
    call_command("backfill_history")


def ensure_credentials(url: str) -> Credentials:
    """Give the two accounts of the seed new passwords, and the first a token and all rights."""
    password, plain_password = secrets.token_urlsafe(9), secrets.token_urlsafe(9)
    admin = User.objects.get(username=ADMIN)
    admin.is_staff = admin.is_superuser = True
    _set_password(admin, password)
    plain = User.objects.get(username=VISITOR)
    _set_password(plain, plain_password)
    AccessToken.objects.filter(user=admin, name=TOKEN_NAME).delete()
    token = issue_personal_token(admin, TOKEN_NAME)
    return Credentials(url, ADMIN, password, admin.pk, token, VISITOR, plain_password)


def has_fresh_snapshot() -> bool:
    """Say whether a snapshot of the last interval is there."""
    return Snapshot.objects.since(timezone.now() - timedelta(seconds=setting("INTERVAL"))).exists()


def _set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save()
