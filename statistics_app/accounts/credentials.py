"""Checking credentials, which a process trusts again for a moment after the database has confirmed them."""

import time
from datetime import datetime
from typing import Any

from django.db.models.signals import post_delete

from ..kept import Kept
from ..models import AccessToken
from ..models.access_token import digest_of

MOST_KEPT = 10_000

# By user id and digest, so that no token is held in the clear. The user comes with the permissions that were looked up.
_kept: Kept[tuple[str, str], AccessToken] = Kept(MOST_KEPT)


def find_token(user_id: str, secret: str, now: datetime, *, may_reuse: bool) -> AccessToken | None:
    """Return the token that belongs to a user id and is valid now, otherwise None.

    With `may_reuse`, what the database has said within `TRUST_SECONDS` is used again. That a token was refused is never kept.
    """
    key = user_id, digest_of(secret)
    if may_reuse and (kept := _kept.get(key)) and not kept.has_expired(now):
        return kept
    asked_at = time.monotonic()
    token = AccessToken.objects.find(secret, now, of_user=user_id)
    if token is not None and may_reuse:
        _kept.put(key, token, asked_at)
    return token


def forget_deleted_tokens() -> None:
    """Let a process that deletes a token refuse it at once."""
    post_delete.connect(forget, sender=AccessToken)


def forget(**_: Any) -> None:
    """Ask the database again for all credentials."""
    _kept.clear()
