"""The data of the demo: tables, rows and credentials."""

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
    """The URL, the passwords and the token of the demo. The field names are those of var/demo.json."""

    url: str
    username: str
    password: str
    userId: str  # noqa: N815
    authToken: str  # noqa: N815
    plainUsername: str  # noqa: N815
    plainPassword: str  # noqa: N815

    def as_dict(self) -> dict[str, str]:
        """Return the fields as a dictionary."""
        return asdict(self)


def prepare_tables() -> None:
    """Create the tables, fill them, and back-fill the history of the two years that the messages cover."""
    call_command("migrate", verbosity=0)
    call_command("seed_workspace")
    call_command("roll_up_history")
    call_command("backfill_history")


def ensure_credentials(url: str) -> Credentials:
    """Set new passwords for the two accounts of the demo, and give the first a token and all permissions."""
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
    """Return whether a snapshot was taken within the last interval."""
    return Snapshot.objects.since(timezone.now() - timedelta(seconds=setting("INTERVAL"))).exists()


def _set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save()
