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

    `name` is a username or, if no account has it, an e-mail address. An address that two accounts share logs nobody in. Every
    rejection costs the same: one query and one password hash. Errors: TooManyAttempts.
    """
    attempt = lockout.begin_attempt(email or name, client_address(request))
    username = _find_username(name, email)
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


def _find_username(name: str, email: str) -> str:
    """Return the username of the account; if none or several match, one that no account can have."""
    model = get_user_model()
    name_field, address = model.USERNAME_FIELD, email or name
    has_name = _field_equals(model, name_field, name)
    has_email = _field_equals(model, model.get_email_field_name(), address, "__iexact")
    by_name_first = Case(When(has_name, then=Value(0)), default=Value(1))
    accounts = model._default_manager.filter(has_name | has_email).order_by(by_name_first)
    usernames = list(accounts.values_list(name_field, flat=True)[:2])
    if usernames and (usernames[0] == name or len(usernames) == 1):
        return usernames[0]
    return _impossible_username(address)


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
