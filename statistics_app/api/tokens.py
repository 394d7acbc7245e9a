"""The operations `users.*PersonalAccessToken*`, which manage the caller's own tokens by name."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ..accounts import tokens
from ..models import AccessToken
from ..serialization import wire_time
from .base import ApiView
from .operation import Link, operation
from .request_validation import object_body, required_text

_SAME_CALLER = {f"header.{name}": f"$request.header.{name}" for name in ("X-User-Id", "X-Auth-Token")}
_SAME_NAME = {"tokenName": "$request.body#/tokenName"}
_GENERATE, _REGENERATE, _REMOVE = (
    Link(f"users.{verb}PersonalAccessToken.post", _SAME_CALLER, _SAME_NAME) for verb in ("generate", "regenerate", "remove")
)


class PersonalTokensView(ApiView):
    """The caller's personal tokens that have not expired."""

    @operation("List my personal tokens", "Tokens")
    def get(self, request: Request) -> Response:
        """Return the tokens, oldest first, without their secrets."""
        unexpired = AccessToken.objects.personal(request.user).unexpired(timezone.now()).order_by("created_at", "pk")
        return Response({"tokens": [_token_description(token) for token in unexpired], "success": True})


class GeneratePersonalTokenView(ApiView):
    """A new personal token."""

    @operation("Create a personal token", "NewToken", request_body="TokenName", links=(_REGENERATE, _REMOVE))
    def post(self, request: Request) -> Response:
        """Return the new token; no other response contains it."""
        token = tokens.issue_personal_token(request.user, _token_name(request))
        return Response({"token": token, "success": True})


class RegeneratePersonalTokenView(ApiView):
    """A new token with the name and the lifetime of an old one, which is revoked immediately."""

    @operation("Renew a personal token", "NewToken", request_body="TokenName", links=(_REMOVE,))
    def post(self, request: Request) -> Response:
        """Return the new token; no other response contains it."""
        token = tokens.regenerate_personal_token(request.user, _token_name(request))
        return Response({"token": token, "success": True})


class RemovePersonalTokenView(ApiView):
    """Revocation of a personal token."""

    @operation("Remove a personal token", "Done", request_body="TokenName", links=(_GENERATE,))
    def post(self, request: Request) -> Response:
        """Delete the token, which is invalid from then on."""
        tokens.remove_personal_token(request.user, _token_name(request))
        return Response({"success": True})


def _token_name(request: Request) -> str:
    return required_text(object_body(request.data), "tokenName")


def _token_description(token: AccessToken) -> dict[str, Any]:
    return {"name": token.name, "createdAt": wire_time(token.created_at), "lastTokenPart": token.last_part}
