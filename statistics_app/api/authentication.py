"""Authentication by the headers `X-User-Id` and `X-Auth-Token`, or by `Authorization`."""

from base64 import b64decode
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from ..accounts.credentials import find_token
from ..models import AccessToken

CHALLENGE = 'X-Auth-Token realm="api"'

# A user id, None if the token alone has to do, and a token.
Credentials = tuple[str | None, str]


class TokenAuthentication(BaseAuthentication):
    """Authentication by an access token.

    Clients send a user id and a token, of which both are required and the token must belong to the user; or the token alone as
    `Authorization: Bearer`, which is read only if neither of the two headers is there.
    """

    def authenticate(self, request: Request) -> tuple[Any, AccessToken] | None:
        """Return the user and the token, or None if the credentials are missing or wrong, without distinguishing why."""
        credentials = self.credentials(request._request)
        if credentials is None:
            return None
        now = timezone.now()
        # What changes something is never decided by what was true a moment ago.
        token = find_token(*credentials, now, may_reuse=request._request.method in SAFE_METHODS)
        if token is None:
            return None
        token.record_use(now)
        return token.user, token

    def credentials(self, request: HttpRequest) -> Credentials | None:
        """Return the credentials that a request has, or None if they are missing or incomplete."""
        user_id, secret = request.META.get("HTTP_X_USER_ID", ""), request.META.get("HTTP_X_AUTH_TOKEN", "")
        if user_id or secret:
            return (user_id, secret) if user_id and secret else None
        scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.authorization(scheme.lower(), value.strip())

    def authorization(self, scheme: str, value: str) -> Credentials | None:
        """Return the credentials in an `Authorization` header, or None if there are none of a known scheme."""
        return (None, value) if scheme == "bearer" and value else None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401. It is never Basic, for which a browser would open a dialog."""
        return CHALLENGE


class ScrapeAuthentication(TokenAuthentication):
    """Authentication that also accepts Basic, with the user id as the name and the token as the password.

    It is for views that change nothing: a browser that once was given such credentials sends them with every request.
    """

    def authorization(self, scheme: str, value: str) -> Credentials | None:
        """Return the credentials of either scheme."""
        return _basic(value) if scheme == "basic" else super().authorization(scheme, value)


def _basic(value: str) -> Credentials | None:
    try:
        user_id, _, secret = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (user_id, secret) if user_id and secret else None
