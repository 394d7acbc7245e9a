"""Issuing, regenerating and removing access tokens."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db import IntegrityError, router, transaction
from django.utils import timezone

from ..conf import setting
from ..exceptions import ParameterError
from ..models import AccessToken
from ..models.access_token import NAME_LENGTH, AccessTokenQuerySet, TokenKind
from ..texts import Text, gettext_noop

# The latest possible expiry: a time that can still be represented in every time zone.
LATEST = datetime(9999, 12, 31, tzinfo=UTC)


def issue_login_token(user: Any) -> str:
    """Issue a login token; if the user then has more than `LOGIN_TOKENS_PER_USER`, the oldest are removed."""
    return AccessToken.objects.issue(
        user,
        kind=TokenKind.LOGIN,
        expires_at=timezone.now() + timedelta(days=setting("LOGIN_TOKEN_DAYS")),
        keep_newest=setting("LOGIN_TOKENS_PER_USER"),
    )


def issue_personal_token(
    user: Any, name: str, expires_at: datetime | None = None, *, kind: TokenKind = TokenKind.PERSONAL
) -> str:
    """Issue a token that is valid until it is removed, or until a time in the future: for the API, or for a display.

    The name of an expired token can be used again. Errors: ParameterError for a name that is empty, too long or already in
    use, and for an expiry in the past.
    """
    now = timezone.now()
    name = _clean_name(name)
    if expires_at is not None and expires_at <= now:
        text = gettext_noop("A token cannot expire in the past: %(time)s UTC.")
        raise ParameterError(text, time=f"{expires_at.astimezone(UTC):%Y-%m-%d %H:%M}")
    expires_at = expires_at and min(expires_at, LATEST)
    try:
        with _transaction():
            AccessToken.objects.named(user, kind).filter(name=name).expired(now).delete()
            return AccessToken.objects.issue(user, kind=kind, name=name, expires_at=expires_at)
    except IntegrityError as error:
        raise _token_error(gettext_noop("A token with this name already exists"), "error-token-already-exists") from error


def regenerate_personal_token(user: Any, name: str) -> str:
    """Replace a token by a new one with the same name and lifetime; the old one is revoked immediately.

    Errors: ParameterError if the user has no token of this name.
    """
    with _transaction():
        old = _with_name(AccessToken.objects.select_for_update().personal(user), name).first()
        if old is None:
            raise _does_not_exist()
        expires_at = old.expires_at and _add_lifetime(timezone.now(), old.expires_at - old.created_at)
        old.delete()
        return AccessToken.objects.issue(user, kind=TokenKind.PERSONAL, name=old.name, expires_at=expires_at)


def remove_personal_token(user: Any, name: str, *, kind: TokenKind = TokenKind.PERSONAL) -> None:
    """Remove a token. Errors: ParameterError if the user has no token of this name and kind."""
    removed, _ = _with_name(AccessToken.objects.named(user, kind), name).delete()
    if not removed:
        raise _does_not_exist()


def purge_expired_tokens(now: datetime) -> int:
    """Remove all expired tokens and return their number."""
    removed, _ = AccessToken.objects.expired(now).delete()
    return removed


def end_of_day(day: date, zone: tzinfo = UTC) -> datetime:
    """Return the end of a day of a zone, in UTC: the expiry of a token that works until then."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def _transaction() -> transaction.Atomic:
    return transaction.atomic(using=router.db_for_write(AccessToken))


def _with_name(tokens: AccessTokenQuerySet, name: str) -> AccessTokenQuerySet:
    """Keep the token of a name; PostgreSQL rejects a query for a name with a NUL."""
    return tokens.none() if "\0" in name else tokens.filter(name=name.strip())


def _add_lifetime(now: datetime, lifetime: timedelta) -> datetime:
    return now + min(lifetime, LATEST - now)


def _clean_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise ParameterError(gettext_noop("A token needs a name of 1 to %(number)d printable characters."), number=NAME_LENGTH)
    return name


def _does_not_exist() -> ParameterError:
    return _token_error("Token does not exist", "error-token-does-not-exists")


def _token_error(reason: str, error_type: str) -> ParameterError:
    # The type's spelling, and its repetition in the text, are Rocket.Chat's.
    error = ParameterError(f"{reason} [{error_type}]", error_type=error_type)
    error.text = Text(reason)
    return error
