"""Who may come in: log in with a password or a token, log out, and the one permission."""

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
    """A login that was let in."""

    user: Any
    token: str


def log_in(request: HttpRequest, password: str, *, name: str = "", email: str = "") -> Login | None:
    """Let in by name or e-mail and password, or return None; every refusal costs one look-up and one hash.

    `name` is a username or, where nobody bears it, an e-mail; an e-mail that two accounts share lets nobody in.
    Errors: TooManyAttempts.
    """
    attempt = lockout.begin_attempt(email or name, client_address(request))
    username = _username(name, email)
    user = authenticate(request, **{get_user_model().USERNAME_FIELD: username, "password": password})
    if user is None:
        return None
    attempt.succeeded()
    _note_login(request, user)
    return Login(user, issue_login_token(user))


def resume(request: HttpRequest, token: str) -> Login | None:
    """Let in by a token that is still good, or return None; it stays as it is, its expiry too."""
    found = AccessToken.objects.find(token, timezone.now())
    if found is None:
        return None
    _note_login(request, found.user)
    return Login(found.user, token)


def _username(name: str, email: str) -> str:
    """Find the username meant; what names nobody, or two, comes back as one that no account has."""
    model = get_user_model()
    name_field, address = model.USERNAME_FIELD, email or name
    bears_name = _holds(model, name_field, name)
    has_email = _holds(model, model.get_email_field_name(), address, "__iexact")
    by_name_first = Case(When(bears_name, then=Value(0)), default=Value(1))
    found = model._default_manager.filter(bears_name | has_email).order_by(by_name_first)
    usernames = list(found.values_list(name_field, flat=True)[:2])
    if usernames and (usernames[0] == name or len(usernames) == 1):
        return usernames[0]
    return _nobody(address)


def _holds(model: Any, name: str, value: str, lookup: str = "") -> Q:
    """Make the condition that a field holds a value; none holds what is empty, or longer than the field, or has no field."""
    field = next((field for field in model._meta.concrete_fields if field.name == name), None)
    if field is None or not value or len(value) > (field.max_length or len(value)):
        return Q(pk__in=[])
    return Q(**{f"{name}{lookup}": value})


def _nobody(address: str) -> str:
    """Make a username that no account can have, so that a shared e-mail is refused like an unknown one."""
    return f"\N{REPLACEMENT CHARACTER}{address}"


def _note_login(request: HttpRequest, user: Any) -> None:
    # Django's own receiver of this signal sets the account's last login.
    user_logged_in.send(sender=type(user), request=request, user=user)
