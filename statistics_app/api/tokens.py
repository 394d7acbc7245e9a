"""`users.*PersonalAccessToken*`: the caller's own tokens, by name."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ..accounts import tokens
from ..models import AccessToken
from ..serialization import wire_time
from .base import ApiView
from .operation import Link, operation
from .request_bodies import request_body, text_value

_SAME_CALLER = {f"header.{name}": f"$request.header.{name}" for name in ("X-User-Id", "X-Auth-Token")}
_SAME_NAME = {"tokenName": "$request.body#/tokenName"}
_GENERATE, _REGENERATE, _REMOVE = (
    Link(f"users.{deed}PersonalAccessToken.post", _SAME_CALLER, _SAME_NAME) for deed in ("generate", "regenerate", "remove")
)


class PersonalTokensView(ApiView):
    """The tokens that still open."""

    @operation("My personal tokens", "Tokens")
    def get(self, request: Request) -> Response:
        """List them, the oldest first."""
        mine = AccessToken.objects.personal(request.user).unexpired(timezone.now()).order_by("created_at", "pk")
        return Response({"tokens": [_described(token) for token in mine], "success": True})


class GeneratePersonalTokenView(ApiView):
    """A new token."""

    @operation("Make a personal token", "NewToken", body="TokenName", links=(_REGENERATE, _REMOVE))
    def post(self, request: Request) -> Response:
        """Make it, and say it the only time."""
        token = tokens.issue_personal_token(request.user, _name(request))
        return Response({"token": token, "success": True})


class RegeneratePersonalTokenView(ApiView):
    """Another token in the place of one."""

    @operation("Renew a personal token", "NewToken", body="TokenName", links=(_REMOVE,))
    def post(self, request: Request) -> Response:
        """Make it, and say it the only time; the old one is dead at once."""
        token = tokens.regenerate_personal_token(request.user, _name(request))
        return Response({"token": token, "success": True})


class RemovePersonalTokenView(ApiView):
    """The end of a token."""

    @operation("Remove a personal token", "Done", body="TokenName", links=(_GENERATE,))
    def post(self, request: Request) -> Response:
        """Remove it; it is dead at once."""
        tokens.remove_personal_token(request.user, _name(request))
        return Response({"success": True})


def _name(request: Request) -> str:
    return text_value(request_body(request.data), "tokenName")


def _described(token: AccessToken) -> dict[str, Any]:
    return {"name": token.name, "createdAt": wire_time(token.created_at), "lastTokenPart": token.last_part}
