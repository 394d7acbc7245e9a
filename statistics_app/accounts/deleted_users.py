"""The tokens of deleted users, where users and tokens are in two databases and no cascade reaches them."""

from typing import Any, cast

from django.db import router, transaction
from django.db.models import DO_NOTHING
from django.db.models.signals import post_delete

from ..models import AccessToken
from ..models.account_key import AccountKey


def follow_deleted_users() -> None:
    """Remove tokens after their user is deleted, if the database or Django cannot."""
    key = cast("AccountKey", AccessToken._meta.get_field("user"))
    if not key.is_beside:
        key.remote_field.on_delete = DO_NOTHING
        post_delete.connect(_remove_tokens, sender=key.remote_field.model)


def forget_deleted_users() -> None:
    """Let nobody look for the tokens of deleted users, where there is no table of tokens."""
    cast("AccountKey", AccessToken._meta.get_field("user")).remote_field.on_delete = DO_NOTHING


def _remove_tokens(sender: Any, instance: Any, using: str, **_: Any) -> None:
    """Remove them once the deletion is committed; an error there is logged and leaves tokens of nobody, which are refused."""
    tokens = AccessToken.objects.using(router.db_for_write(AccessToken)).filter(user_id=instance.pk)
    transaction.on_commit(tokens.delete, using=using, robust=True)
