"""Displays: screens that show a few pages by a token of their own, without anybody who is signed in."""

from datetime import datetime
from typing import Any

from ..models import AccessToken
from ..models.access_token import TokenKind
from .permissions import can_view_statistics
from .tokens import issue_personal_token, remove_personal_token


def issue_display_token(user: Any, name: str, expires_at: datetime | None = None) -> str:
    """Issue a token that opens the pages for displays, and nothing else. Errors: as of `issue_personal_token`."""
    return issue_personal_token(user, name, expires_at, kind=TokenKind.DISPLAY)


def remove_display_token(user: Any, name: str) -> None:
    """Remove the token of a display. Errors: ParameterError if the user has none of this name."""
    remove_personal_token(user, name, kind=TokenKind.DISPLAY)


def find_display_token(secret: str, now: datetime) -> AccessToken | None:
    """Return the token of a display if it is valid now and its owner may view statistics; otherwise None."""
    token = AccessToken.objects.find(secret, now, kinds=(TokenKind.DISPLAY,)) if secret else None
    return token if token and can_view_statistics(token.user) else None
