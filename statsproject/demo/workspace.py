"""The data of the demo: tables, rows and credentials."""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Max
from django.utils import timezone

from statistics_app.accounts.tokens import issue_personal_token
from statistics_app.conf import setting
from statistics_app.models import AccessToken, Snapshot
from statsproject.chat.management.commands.import_chat import SOME_REJECTED
from statsproject.chat.models import Message, User
from statsproject.chat.seeding.people import ADMIN, VISITOR
from statsproject.chat.seeding.plan import key
from statsproject.programs.processes import ProcessError

from .crowd import Crowd
from .options import Options
from .past import HOST, create_past
from .past_visits import create_visits
from .story import NOTHING, Story

TOKEN_NAME = "demo"
PAST = timedelta(days=90)
# So that also the first days have people of four weeks.
LONGEST_WINDOW = timedelta(days=28)


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


def prepare(options: Options) -> None:
    """Create the tables and fill them with what is to be demonstrated.

    Errors: ProcessError if the export cannot be imported, or in production.
    """
    try:
        crowd = Crowd(options.messages_per_hour, Random())
    except ImproperlyConfigured as error:
        raise ProcessError(str(error)) from error
    if options.export:
        _import(options.export, options.kind)
    else:
        _seed(crowd)


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
    """Return whether a snapshot was really taken within the last interval."""
    taken = Snapshot.objects.taken().exclude(host=HOST)
    return taken.since(timezone.now() - timedelta(seconds=setting("INTERVAL"))).exists()


def _seed(crowd: Crowd) -> None:
    """Create the tables, and fill them; if that was done before, add what the crowd would have written since.

    The chat comes first, as it does where the app is added to a project: rows are counted at once when the triggers are
    installed, and not one by one.
    """
    call_command("migrate", "chat", verbosity=0)
    now = timezone.now()
    is_new = not Message.objects.filter(pk=key("M", 0)).exists()
    if is_new:
        call_command("seed_workspace")
    call_command("migrate", verbosity=0)
    newest = Snapshot.objects.latest_taken()
    if not is_new:
        last = Message.objects.aggregate(last=Max("sent_at"))["last"]
        crowd.catch_up(max(last, now - PAST), now)
    call_command("roll_up_history")
    if newest:
        since = max(newest.created_at, now - PAST)
        create_past(since, now, NOTHING)
        create_visits(since, now)
    else:
        create_past(now - PAST, now, Story.before(now))
        create_visits(now - PAST - LONGEST_WINDOW, now)
    call_command("backfill_history")
    crowd.settle(now)


def _import(export: Path, kind: str) -> None:
    """Create the tables, and import an export. Errors: ProcessError if that fails."""
    call_command("migrate", verbosity=0)
    try:
        call_command("import_chat", kind, str(export))
    except CommandError as error:
        raise ProcessError(str(error)) from error
    except SystemExit as error:
        if error.code != SOME_REJECTED:
            raise
    for username in (ADMIN, VISITOR):
        User.objects.get_or_create(username=username)


def _set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save()
