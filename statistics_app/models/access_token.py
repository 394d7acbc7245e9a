"""The tokens that API clients send; only their digests are stored."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..db.primary import on_primary
from .account_key import AccountKey

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger(__name__)

TOKEN_BYTES = 32
LAST_PART = 6
NAME_LENGTH = 100
MAX_KEY_LENGTH = 255


def digest_of(token: str) -> str:
    """Return the digest that is stored for a token; tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def password_mark(user: "AbstractBaseUser") -> str:
    """Return a fingerprint of a user's current password; changing the password changes it."""
    return _mark(user, settings.SECRET_KEY)


def has_password_mark(user: "AbstractBaseUser", mark: str) -> bool:
    """Return whether a fingerprint is of a user's current password, made with the secret key or one of its fallbacks."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(mark, _mark(user, key)) for key in keys)


def _mark(user: "AbstractBaseUser", key: Any) -> str:
    return salted_hmac("statistics_app.login_token", user.password, secret=key, algorithm="sha256").hexdigest()[:32]


class TokenKind(models.TextChoices):
    """The origin of a token: a login, or a user who created it by name, for the API or for a display."""

    LOGIN = "login", pgettext_lazy("token", "login")
    PERSONAL = "personal", pgettext_lazy("token", "personal")
    DISPLAY = "display", pgettext_lazy("token", "display")


# What the API accepts. A token for a display opens nothing but its pages.
OF_API = (TokenKind.LOGIN, TokenKind.PERSONAL)


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Issuing and finding tokens."""

    def newest_first(self) -> "AccessTokenQuerySet":
        """Order by creation time, newest first."""
        return self.order_by("-created_at", "-pk")

    def personal(self, user: Any) -> "AccessTokenQuerySet":
        """Keep the tokens for the API that a user created by name."""
        return self.named(user, TokenKind.PERSONAL)

    def named(self, user: Any, *kinds: TokenKind) -> "AccessTokenQuerySet":
        """Keep the tokens of some kinds that a user created by name."""
        return on_primary(self).filter(user_id=user.pk, kind__in=kinds)

    def with_users(self) -> "AccessTokenQuerySet":
        """Fetch the users in the same query if they are in the same database."""
        key = cast("AccountKey", self.model._meta.get_field("user"))
        return self.select_related("user") if key.is_beside else self

    def expired(self, now: datetime) -> "AccessTokenQuerySet":
        """Keep the tokens that have expired."""
        return self.filter(expires_at__lte=now)

    def unexpired(self, now: datetime) -> "AccessTokenQuerySet":
        """Keep the tokens that have not expired."""
        return self.exclude(expires_at__lte=now)

    def issue(
        self,
        user: Any,
        *,
        kind: TokenKind,
        name: str = "",
        expires_at: datetime | None = None,
        keep_newest: int | None = None,
    ) -> str:
        """Create a token and return it, which is the only time it can be read.

        If `keep_newest` is given, only that many of the user's tokens of this kind are kept; older ones are removed.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        tokens = on_primary(self)
        with transaction.atomic(using=tokens.db):
            tokens.create(
                digest=digest_of(token),
                user_id=user.pk,
                kind=kind,
                name=name,
                last_part=token[-LAST_PART:],
                created_at=timezone.now(),
                expires_at=expires_at,
                password_mark=password_mark(user) if kind == TokenKind.LOGIN else "",
            )
            if keep_newest is not None:
                kept = tokens.filter(user_id=user.pk, kind=kind).newest_first().values("pk")[:keep_newest]
                tokens.filter(user_id=user.pk, kind=kind).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
        return token

    def find(
        self, token: str, now: datetime, *, of_user: str | None = None, kinds: Collection[TokenKind] = OF_API
    ) -> "AccessToken | None":
        """Return the token if it is valid now, of a kind that counts and, if a user id is given, that user's; otherwise None.

        An unknown user, an unknown token, one of another kind and another user's cost the same: one query that finds no row.
        """
        digest = digest_of(token)
        candidates = on_primary(self).with_users().filter(pk=digest, kind__in=kinds)
        if of_user is not None:
            candidates = candidates.filter(user_id=_parse_user_id(of_user))
        access_token = candidates.first()
        if access_token is None or not hmac.compare_digest(access_token.digest, digest):
            return None
        # An id can be written in several ways; only the form that login returned is accepted.
        is_of_user = of_user in (None, str(access_token.user_id))
        return access_token if is_of_user and access_token.is_valid(now) else None


def _parse_user_id(user_id: str) -> Any:
    """Return the primary key that an id stands for; None, which no user has, if it cannot be one."""
    if len(user_id) > MAX_KEY_LENGTH:  # parsing would take time in proportion to the length
        return None
    try:
        return get_user_model()._meta.pk.to_python(user_id)
    except ValidationError:
        return None


class AccessToken(models.Model):
    """One token of one user."""

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    user = AccountKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="statistics_tokens", verbose_name=_("user")
    )
    kind = models.CharField(max_length=8, choices=TokenKind)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    last_part = models.CharField(max_length=LAST_PART)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True, db_index=True)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)
    password_mark = models.CharField(max_length=32, blank=True, editable=False)

    objects = AccessTokenQuerySet.as_manager()

    # Whether the user may view statistics, where that was looked up together with the token.
    may_view: bool | None = None

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        indexes = [models.Index(fields=["user", "kind", "created_at"], name="statistics_token_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=models.Q(kind=TokenKind.PERSONAL), name="statistics_token_name"
            ),
            models.UniqueConstraint(
                fields=["user", "name"], condition=models.Q(kind=TokenKind.DISPLAY), name="statistics_display_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.get_kind_display()} …{self.last_part}"

    def has_expired(self, now: datetime) -> bool:
        """Return whether the token has expired."""
        return self.expires_at is not None and self.expires_at <= now

    def is_valid(self, now: datetime) -> bool:
        """Return whether the token is valid: not expired, its user active, and for login tokens the password unchanged."""
        if self._user() is None:
            return False
        same_password = self.kind != TokenKind.LOGIN or has_password_mark(self.user, self.password_mark)
        return not self.has_expired(now) and same_password and self.user.is_active

    def _user(self) -> Any:
        """Return the user; None if there is none any more, which can be where tokens are in another database."""
        try:
            return self.user
        except ObjectDoesNotExist:
            return None

    def record_use(self, now: datetime) -> None:
        """Store the day of the last use: one write per day, not one per request."""
        if self.last_used_on == now.date():
            return
        try:
            type(self).objects.filter(pk=self.pk).update(last_used_on=now.date())
            self.last_used_on = now.date()
        except DatabaseError:
            # A database that cannot be written to can still be read; the next request tries again.
            logger.info("The use of a token could not be recorded.", exc_info=True)
