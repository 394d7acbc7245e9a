"""Authentication by the two headers."""

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from ..models import AccessToken

CHALLENGE = 'X-Auth-Token realm="api"'


class TokenAuthentication(BaseAuthentication):
    """`X-User-Id` and `X-Auth-Token`: both are needed and must belong together."""

    def authenticate(self, request: Request) -> tuple[Any, AccessToken] | None:
        """Return the user and the token, or None; a refusal never says why."""
        user_id = request.headers.get("X-User-Id", "")
        token = request.headers.get("X-Auth-Token", "")
        if not user_id or not token:
            return None
        now = timezone.now()
        found = AccessToken.objects.find(token, now, of_user=user_id)
        if found is None:
            return None
        found.note_use(now)
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a refusal is a 401; never Basic, for which a browser would ask."""
        return CHALLENGE
