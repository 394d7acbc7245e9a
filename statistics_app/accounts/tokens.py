"""Make tokens, renew them, end them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..conf import setting
from ..exceptions import ParameterError
from ..models import AccessToken
from ..models.access_token import NAME_LENGTH, AccessTokenQuerySet, TokenKind

# No token expires later: every time zone can still write this moment.
LATEST = datetime(9999, 12, 31, tzinfo=UTC)


def issue_login_token(user: Any) -> str:
    """Make a login token; the oldest beyond the user's allowance go."""
    return AccessToken.objects.issue(
        user,
        kind=TokenKind.LOGIN,
        expires_at=timezone.now() + timedelta(days=setting("LOGIN_TOKEN_DAYS")),
        most=setting("LOGIN_TOKENS_PER_USER"),
    )


def issue_personal_token(user: Any, name: str, expires_at: datetime | None = None) -> str:
    """Make a token that lasts until it is removed, or until a time in the future.

    Errors: ParameterError for a name that is empty, too long or taken, and for a time that has passed. The name of a
    token that has expired is free.
    """
    now = timezone.now()
    name = _usable(name)
    if expires_at is not None and expires_at <= now:
        raise ParameterError(f"A token cannot expire in the past: {expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")
    ends = expires_at and min(expires_at, LATEST)
    try:
        with transaction.atomic():
            AccessToken.objects.personal(user).filter(name=name).expired(now).delete()
            return AccessToken.objects.issue(user, kind=TokenKind.PERSONAL, name=name, expires_at=ends)
    except IntegrityError as error:
        raise _refused("A token with this name already exists", "error-token-already-exists") from error


def regenerate_personal_token(user: Any, name: str) -> str:
    """Make a token anew under its name, to last as long as the old one was to; the old one is dead at once.

    Errors: ParameterError where there is none of the name.
    """
    with transaction.atomic():
        old = _named(AccessToken.objects.select_for_update().personal(user), name).first()
        if old is None:
            raise _missing()
        ends = old.expires_at and _after(timezone.now(), old.expires_at - old.created_at)
        old.delete()
        return AccessToken.objects.issue(user, kind=TokenKind.PERSONAL, name=old.name, expires_at=ends)


def remove_personal_token(user: Any, name: str) -> None:
    """End a token; errors: ParameterError where there is none of the name."""
    removed, _ = _named(AccessToken.objects.personal(user), name).delete()
    if not removed:
        raise _missing()


def purge_expired_tokens(now: datetime) -> int:
    """Remove what has expired; return how many tokens that were."""
    removed, _ = AccessToken.objects.expired(now).delete()
    return removed


def end_of_day(day: date) -> datetime:
    """Return the moment at which a day ends, UTC: when a token that is good through that day expires."""
    return datetime.combine(day, time.min, tzinfo=UTC) + timedelta(days=1)


def _named(tokens: AccessTokenQuerySet, name: str) -> AccessTokenQuerySet:
    """Keep the one of a name; PostgreSQL cannot even be asked for one with a NUL."""
    return tokens.none() if "\0" in name else tokens.filter(name=name.strip())


def _after(now: datetime, lifetime: timedelta) -> datetime:
    return now + min(lifetime, LATEST - now)


def _usable(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise ParameterError(f"A token needs a name of 1 to {NAME_LENGTH} characters that can be printed.")
    return name


def _missing() -> ParameterError:
    return _refused("Token does not exist", "error-token-does-not-exists")


def _refused(reason: str, error_type: str) -> ParameterError:
    # The type's spelling and its place in the text are Rocket.Chat's.
    return ParameterError(f"{reason} [{error_type}]", error_type=error_type)
