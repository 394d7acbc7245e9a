"""What the body of a login claims: a name or an e-mail with a password, or a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from ..exceptions import ParameterError
from .request_bodies import request_body, text_value


@dataclass(frozen=True, slots=True)
class LoginCredentials:
    """Who somebody says they are; either `resume` or `password` is there."""

    name: str = ""
    email: str = ""
    password: str = ""
    resume: str = ""

    @classmethod
    def of(cls, request: Request) -> "LoginCredentials":
        """Read a request's body; errors: ParameterError."""
        body = request_body(request.data)
        if "resume" in body:
            return cls(resume=text_value(body, "resume"))
        if "hashed" in body or isinstance(body.get("password"), Mapping):
            raise ParameterError("Hashed passwords are not taken: send 'password' as text.")
        name, email = _account(body)
        return cls(name=name, email=email, password=text_value(body, "password"))

    @property
    def who(self) -> str:
        """Name the one who is meant, however it is written."""
        return (self.email or self.name).casefold() or self.resume


def _account(body: Mapping[str, Any]) -> tuple[str, str]:
    """Find who is meant: (name, "") or ("", e-mail)."""
    user = body.get("user")
    named = user if isinstance(user, Mapping) else body
    if isinstance(user, str) or "user" in named:
        return text_value(body, "user"), ""
    if "username" in named:
        return text_value(named, "username"), ""
    if "email" in named:
        return "", text_value(named, "email")
    raise ParameterError("'user', 'username' or 'email' is needed, or 'resume' with a token.")
