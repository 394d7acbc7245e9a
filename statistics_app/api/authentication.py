"""Authentication by the headers `X-User-Id` and `X-Auth-Token`."""

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from ..accounts.credentials import find_token
from ..models import AccessToken

CHALLENGE = 'X-Auth-Token realm="api"'


class TokenAuthentication(BaseAuthentication):
    """Authentication by a user id and an access token: both are required, and the token must belong to the user."""

    def authenticate(self, request: Request) -> tuple[Any, AccessToken] | None:
        """Return the user and the token, or None if the credentials are missing or wrong, without distinguishing why."""
        user_id = request._request.META.get("HTTP_X_USER_ID", "")
        secret = request._request.META.get("HTTP_X_AUTH_TOKEN", "")
        if not user_id or not secret:
            return None
        now = timezone.now()
        # What changes something is never decided by what was true a moment ago.
        token = find_token(user_id, secret, now, may_reuse=request._request.method in SAFE_METHODS)
        if token is None:
            return None
        token.record_use(now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401. It is never Basic, for which a browser would open a dialog."""
        return CHALLENGE
