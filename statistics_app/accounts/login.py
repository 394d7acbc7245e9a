"""Login with a password or a token."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.signals import user_logged_in
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest
from django.utils import timezone

from ..http.client_address import client_address
from ..models import AccessToken
from . import lockout
from .tokens import issue_login_token


@dataclass(frozen=True, slots=True)
class Login:
    """A successful login: the user and the token."""

    user: Any
    token: str


def log_in(request: HttpRequest, password: str, *, name: str = "", email: str = "") -> Login | None:
    """Log a user in by name or e-mail address and password; return None if the credentials are wrong.

    Every rejection costs the same: one query and one password hash. Errors: TooManyAttempts.
    """
    attempt = lockout.begin_attempt(email or name, client_address(request))
    username = find_username(name, email) or _impossible_username(email or name)
    user = authenticate(request, **{get_user_model().USERNAME_FIELD: username, "password": password})
    if user is None:
        return None
    attempt.record_success()
    _send_login_signal(request, user)
    return Login(user, issue_login_token(user))


def resume(request: HttpRequest, token: str) -> Login | None:
    """Log a user in by a valid token, or return None; the token and its expiry stay unchanged."""
    access_token = AccessToken.objects.find(token, timezone.now())
    if access_token is None:
        return None
    _send_login_signal(request, access_token.user)
    return Login(access_token.user, token)


def find_username(name: str, email: str = "") -> str | None:
    """Return the username of the one account that fits best; None if there is none, or several fit as well.

    `name` is a username, or else an e-mail address, or else a username in other letters of upper and lower case. An address
    that two accounts share fits both. One query reads all accounts, whether one fits or not, since an address is compared
    without regard to case, for which a host's table has no index.
    """
    model = get_user_model()
    name_field = model.USERNAME_FIELD
    is_name = _field_equals(model, name_field, name)
    has_email = _field_equals(model, model.get_email_field_name(), email or name, "__iexact")
    is_like_name = _field_equals(model, name_field, name, "__iexact")
    rank = Case(When(is_name, then=Value(0)), When(has_email, then=Value(1)), default=Value(2))
    accounts = model._default_manager.filter(is_name | has_email | is_like_name).annotate(_rank=rank).order_by("_rank")
    best = list(accounts.values_list(name_field, "_rank")[:2])
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _field_equals(model: Any, name: str, value: str, lookup: str = "") -> Q:
    """Return the condition that a field has a value; no row meets it for an empty or too long value, or a missing field."""
    field = next((field for field in model._meta.concrete_fields if field.name == name), None)
    if field is None or not value or len(value) > (field.max_length or len(value)):
        return Q(pk__in=[])
    return Q(**{f"{name}{lookup}": value})


def _impossible_username(address: str) -> str:
    """Return a username that no account can have, so that a shared e-mail address is rejected like an unknown one."""
    return f"\N{REPLACEMENT CHARACTER}{address}"


def _send_login_signal(request: HttpRequest, user: Any) -> None:
    # Django's own receiver of this signal sets the account's last login.
    user_logged_in.send(sender=type(user), request=request, user=user)
