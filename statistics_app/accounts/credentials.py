"""Checking credentials, which a process trusts again for a moment after the database has confirmed them."""

from datetime import datetime
from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from ..kept import Kept
from ..models import AccessToken
from ..models.access_token import digest_of
from .permissions import can_view_statistics

MOST_KEPT = 10_000

# By user id, where one was given, and digest, so that no token is held in the clear.
_kept: Kept[tuple[str | None, str], AccessToken] = Kept(AccessToken, MOST_KEPT)


def find_token(user_id: str | None, secret: str, now: datetime, *, may_reuse: bool) -> AccessToken | None:
    """Return the token if it is valid now and, if a user id is given, belongs to that user; otherwise None.

    With `may_reuse`, what the database has said within `TRUST_SECONDS` is used again. That a token was refused is never kept.
    """
    if not may_reuse:
        return AccessToken.objects.find(secret, now, of_user=user_id)
    token = _kept.get((user_id, digest_of(secret)), lambda: _find_with_permission(user_id, secret, now))
    return None if token is None or token.has_expired(now) else token


def may_view_statistics(token: AccessToken) -> bool:
    """Return whether the token's user has the permission, as it was when the token was looked up."""
    return can_view_statistics(token.user) if token.may_view is None else token.may_view


def _find_with_permission(user_id: str | None, secret: str, now: datetime) -> AccessToken | None:
    token = AccessToken.objects.find(secret, now, of_user=user_id)
    if token is not None:
        token.may_view = can_view_statistics(token.user)
    return token


@receiver(post_delete, sender=AccessToken)
def forget(**_: Any) -> None:
    """Ask the database again for all credentials; a process that deletes a token does so at once."""
    _kept.clear()
