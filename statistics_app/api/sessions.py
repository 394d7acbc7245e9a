"""`login` and `logout`."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from .. import access
from ..exceptions import ParameterError
from . import errors
from .authentication import CHALLENGE
from .base import ApiView
from .identity import described
from .reading_requests import body_of


class LoginView(ApiView):
    """A password, or a token that is still good, against a token."""

    authentication_classes = []
    permission_classes = []

    def post(self, request: Request) -> Response:
        """Let in or refuse; every refusal looks alike."""
        login = _log_in(request, body_of(request.data))
        if login is None:
            return errors.login_refused(CHALLENGE)
        data = {"userId": str(login.user.pk), "authToken": login.token, "me": described(login.user)}
        return Response({"status": "success", "data": data})


class LogoutView(ApiView):
    """The end of the token that the request bears; HEAD would end it unseen, so there is none."""

    http_method_names = [name for name in ApiView.http_method_names if name != "head"]

    def get(self, request: Request) -> Response:
        """Remove the token; it is dead at once."""
        request.auth.delete()
        return Response({"status": "success", "data": {"message": "You've been logged out!"}})

    def post(self, request: Request) -> Response:
        """Do as GET does; a body may be there, and has to be an object."""
        body_of(request.data)
        return self.get(request)


def _log_in(request: Request, body: Mapping[str, Any]) -> access.Login | None:
    if "resume" in body:
        return access.resume(request._request, _text(body, "resume"))
    if "hashed" in body or isinstance(body.get("password"), Mapping):
        raise ParameterError("Hashed passwords are not taken: send 'password' as text.")
    name, email = _account(body)
    return access.log_in(request._request, _text(body, "password"), name=name, email=email)


def _account(body: Mapping[str, Any]) -> tuple[str, str]:
    """Find who is meant: (name, "") or ("", e-mail)."""
    user = body.get("user")
    named = user if isinstance(user, Mapping) else body
    if isinstance(user, str) or "user" in named:
        return _text(body, "user"), ""
    if "username" in named:
        return _text(named, "username"), ""
    if "email" in named:
        return "", _text(named, "email")
    raise ParameterError("'user', 'username' or 'email' is needed, or 'resume' with a token.")


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ParameterError(f"'{name}' is needed, as a text.")
    return value
