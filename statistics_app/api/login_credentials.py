"""The body of a login request: a name or an e-mail address with a password, or a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from ..exceptions import ParameterError
from .request_validation import object_body, required_text


@dataclass(frozen=True, slots=True)
class LoginCredentials:
    """The credentials in a login request: `resume`, which is a token, or `password` with `name` or `email`."""

    name: str = ""
    email: str = ""
    password: str = ""
    resume: str = ""

    @classmethod
    def of(cls, request: Request) -> "LoginCredentials":
        """Parse a request's body; errors: ParameterError."""
        body = object_body(request.data)
        if "resume" in body:
            return cls(resume=required_text(body, "resume"))
        if "hashed" in body or isinstance(body.get("password"), Mapping):
            raise ParameterError("Hashed passwords are not accepted: send 'password' as plain text.")
        name, email = _name_and_email(body)
        return cls(name=name, email=email, password=required_text(body, "password"))

    @property
    def account(self) -> str:
        """The account's name or e-mail address in a form that ignores case, or the token."""
        return (self.email or self.name).casefold() or self.resume


def _name_and_email(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return the account as (name, "") or ("", e-mail address); a text in `user`, which may be either, counts as a name."""
    user = body.get("user")
    account = user if isinstance(user, Mapping) else body
    if isinstance(user, str) or "user" in account:
        return required_text(body, "user"), ""
    if "username" in account:
        return required_text(account, "username"), ""
    if "email" in account:
        return "", required_text(account, "email")
    raise ParameterError("'user', 'username' or 'email' is required, or 'resume' with a token.")
