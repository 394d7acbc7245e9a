"""The tokens that API clients send: only their digests rest here."""

import hashlib
import hmac
import logging
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger(__name__)

TOKEN_BYTES = 32
LAST_PART = 6
NAME_LENGTH = 100
LONGEST_KEY = 255


def digest_of(token: str) -> str:
    """Digest a token as it rests: tokens are random and long, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def password_mark(user: "AbstractBaseUser") -> str:
    """Mark the password that a user has now: another one gives another mark."""
    return salted_hmac("statistics_app.login_token", user.password).hexdigest()[:32]


class TokenKind(models.TextChoices):
    """How a token came to be."""

    LOGIN = "login", "login"
    PERSONAL = "personal", "personal"


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Makes and finds tokens."""

    def newest_first(self) -> "AccessTokenQuerySet":
        """Order by when they were made."""
        return self.order_by("-created_at", "-pk")

    def personal(self, user: Any) -> "AccessTokenQuerySet":
        """Keep the tokens that a user made by name."""
        return self.filter(user=user, kind=TokenKind.PERSONAL)

    def expired(self, now: datetime) -> "AccessTokenQuerySet":
        """Keep what opens nothing any more."""
        return self.filter(expires_at__lte=now)

    def unexpired(self, now: datetime) -> "AccessTokenQuerySet":
        """Keep what has not expired."""
        return self.exclude(expires_at__lte=now)

    def issue(
        self,
        user: Any,
        *,
        kind: TokenKind,
        name: str = "",
        expires_at: datetime | None = None,
        most: int | None = None,
    ) -> str:
        """Make a token and return it, the only time that it can be read; of one kind a user keeps the `most` newest."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with transaction.atomic(using=self.db):
            self.create(
                digest=digest_of(token),
                user=user,
                kind=kind,
                name=name,
                last_part=token[-LAST_PART:],
                created_at=timezone.now(),
                expires_at=expires_at,
                password_mark=password_mark(user) if kind == TokenKind.LOGIN else "",
            )
            if most is not None:
                kept = self.filter(user=user, kind=kind).newest_first().values("pk")[:most]
                self.filter(user=user, kind=kind).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
        return token

    def find(self, token: str, now: datetime, *, of_user: str | None = None) -> "AccessToken | None":
        """Return the token if it opens now (for this very user, when one is named), or None.

        A user whom nobody knows, a token that nobody has and another's token are refused by the same work: one query
        that finds nothing.
        """
        digest = digest_of(token)
        asked = self.select_related("user").filter(pk=digest)
        if of_user is not None:
            asked = asked.filter(user_id=_key(of_user))
        found = asked.first()
        if found is None or not hmac.compare_digest(found.digest, digest):
            return None
        # A key may be written in several ways; only the one that login gave belongs to the token.
        is_theirs = of_user in (None, str(found.user_id))
        return found if is_theirs and found.is_valid(now) else None


def _key(user_id: str) -> Any:
    """Read a user's key; what cannot be one is one that nobody has."""
    if len(user_id) > LONGEST_KEY:  # Django would look at each of its letters
        return None
    try:
        return get_user_model()._meta.pk.to_python(user_id)
    except ValidationError:
        return None


class AccessToken(models.Model):
    """One token of one user."""

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="statistics_tokens")
    kind = models.CharField(max_length=8, choices=TokenKind)
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    last_part = models.CharField(max_length=LAST_PART)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)
    last_used_on = models.DateField(null=True, blank=True)
    password_mark = models.CharField(max_length=32, blank=True, editable=False)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "kind", "created_at"], name="statistics_token_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=models.Q(kind=TokenKind.PERSONAL), name="statistics_token_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or self.get_kind_display()} …{self.last_part}"

    def has_expired(self, now: datetime) -> bool:
        """Say whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    def is_valid(self, now: datetime) -> bool:
        """Say whether the token still opens: not expired, its user active, its password unchanged (login tokens)."""
        same_password = self.kind != TokenKind.LOGIN or hmac.compare_digest(self.password_mark, password_mark(self.user))
        return not self.has_expired(now) and same_password and self.user.is_active

    def note_use(self, now: datetime) -> None:
        """Remember the day of the last use: one write a day, not one a request."""
        if self.last_used_on == now.date():
            return
        try:
            type(self).objects.filter(pk=self.pk).update(last_used_on=now.date())
        except DatabaseError:
            # A database that cannot be written now can still be read; the next request notes it.
            logger.info("The use of a token could not be noted.", exc_info=True)
