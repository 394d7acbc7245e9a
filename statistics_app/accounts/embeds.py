"""Signed addresses of charts that other sites embed: who made them, what they show, and until when they are valid."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.utils import timezone

from ..conf import setting
from ..exceptions import StatisticsError
from .permissions import can_view_statistics

_SALT = "statistics_app.embed"


class NoEmbed(StatisticsError):
    """A text that no address of ours contains."""


class EmbedEnded(StatisticsError):
    """An address of ours that has expired, or whose author may not view statistics."""


@dataclass(frozen=True, slots=True)
class Embed:
    """A chart: the query string of the page of charts that shows it, the name of its colours, and the language of its texts."""

    query: str
    theme: str
    language: str = "en"


def sign(embed: Embed, user: Any) -> str:
    """Return the text that stands for a chart in an address; it is bound to the user, and contains the time."""
    return signing.dumps([str(user.pk), embed.query, embed.theme, embed.language], salt=_SALT, compress=True)


def expires_at() -> datetime | None:
    """Return when an address that is made now expires; None if no address is valid."""
    days = setting("EMBED_DAYS")
    return timezone.now() + timedelta(days=days) if days else None


def read(signed: str) -> Embed:
    """Return the chart that a text in an address stands for.

    Errors: NoEmbed if it was not signed here; EmbedEnded if it has expired, or while its author may not view statistics.
    """
    days = setting("EMBED_DAYS")
    try:
        user_id, query, theme, language = signing.loads(signed, salt=_SALT, max_age=timedelta(days=days))
    except signing.SignatureExpired as error:
        raise EmbedEnded from error
    except signing.BadSignature as error:
        raise NoEmbed from error
    author = get_user_model()._default_manager.filter(pk=user_id).first()
    if not days or not can_view_statistics(author):
        raise EmbedEnded
    return Embed(query, theme, language)
