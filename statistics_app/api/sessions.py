"""The operations `login` and `logout`."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from ..accounts.login import log_in, resume
from . import errors
from .authentication import CHALLENGE
from .base import ApiView
from .identity import user_description
from .login_credentials import LoginCredentials
from .operation import Link, operation
from .request_validation import object_body
from .throttles import LoginThrottle

_CREDENTIALS = {
    "header.X-User-Id": "$response.body#/data/userId",
    "header.X-Auth-Token": "$response.body#/data/authToken",
}
AFTER_LOGIN = tuple(
    Link(operation_id, _CREDENTIALS)
    for operation_id in ("me", "logout.post", "users.getPersonalAccessTokens", "users.generatePersonalAccessToken.post")
)


class LoginView(ApiView):
    """A login with a password, which issues a token, or with a token that is still valid, which is returned unchanged."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = [LoginThrottle]

    @operation("Log in", "LoggedIn", request_body="Credentials", unauthorized="LoginRefused", links=AFTER_LOGIN)
    def post(self, request: Request) -> HttpResponse:
        """Return the user's id, token and description, or a 401 that does not state why the login failed."""
        credentials = LoginCredentials.of(request)
        if credentials.resume:
            login = resume(request._request, credentials.resume)
        else:
            login = log_in(request._request, credentials.password, name=credentials.name, email=credentials.email)
        if login is None:
            return errors.login_refused(CHALLENGE)
        data = {"userId": str(login.user.pk), "authToken": login.token, "me": user_description(login.user)}
        return Response({"status": "success", "data": data})


class LogoutView(ApiView):
    """Revocation of the token in the request."""

    # Without HEAD: a client that only checks a URL must not revoke its token.
    http_method_names = [name for name in ApiView.http_method_names if name != "head"]

    @operation("Log out", "LoggedOut")
    def get(self, request: Request) -> Response:
        """Delete the token, which is invalid from then on."""
        request.auth.delete()
        return Response({"status": "success", "data": {"message": "You've been logged out!"}})

    @operation("Log out", "LoggedOut", request_body="Nothing", is_body_required=False)
    def post(self, request: Request) -> Response:
        """Do the same as GET; the optional body must be an object."""
        object_body(request.data)
        return self.get(request)
