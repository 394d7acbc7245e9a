"""`login` and `logout`."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from ..accounts.login import log_in, resume
from . import errors
from .authentication import CHALLENGE
from .base import ApiView
from .identity import description_of
from .login_credentials import LoginCredentials
from .operation import Link, operation
from .request_bodies import request_body
from .throttles import LoginThrottle

_CREDENTIALS = {
    "header.X-User-Id": "$response.body#/data/userId",
    "header.X-Auth-Token": "$response.body#/data/authToken",
}
AFTER_LOGIN = tuple(
    Link(operation, _CREDENTIALS)
    for operation in ("me", "logout.post", "users.getPersonalAccessTokens", "users.generatePersonalAccessToken.post")
)


class LoginView(ApiView):
    """A password, or a token that is still good, against a token."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = [LoginThrottle]

    @operation("Log in", "LoggedIn", body="Credentials", refused="LoginRefused", links=AFTER_LOGIN)
    def post(self, request: Request) -> HttpResponse:
        """Let in or refuse; every refusal looks alike."""
        sent = LoginCredentials.of(request)
        if sent.resume:
            login = resume(request._request, sent.resume)
        else:
            login = log_in(request._request, sent.password, name=sent.name, email=sent.email)
        if login is None:
            return errors.login_refused(CHALLENGE)
        data = {"userId": str(login.user.pk), "authToken": login.token, "me": description_of(login.user)}
        return Response({"status": "success", "data": data})


class LogoutView(ApiView):
    """The end of the token that the request bears; HEAD would end it unseen, so there is none."""

    http_method_names = [name for name in ApiView.http_method_names if name != "head"]

    @operation("Log out", "LoggedOut")
    def get(self, request: Request) -> Response:
        """Remove the token; it is dead at once."""
        request.auth.delete()
        return Response({"status": "success", "data": {"message": "You've been logged out!"}})

    @operation("Log out", "LoggedOut", body="Nothing", body_is_needed=False)
    def post(self, request: Request) -> Response:
        """Do as GET does; a body may be there, and has to be an object."""
        request_body(request.data)
        return self.get(request)
